import Installation
import Platform

/// What a failure of `ssh` means, in words.
enum SshFailure {
  /// - Parameters:
  ///   - status: how `ssh` ended; nil while it runs.
  ///   - complaint: what it said on its standard error.
  package static func error(status: Int32?, complaint: String, at location: String) -> AdminError {
    let text = complaint.lowercased()
    // 127 is the other machine's shell that finds no such program.
    for (words, what, code, next) in meanings
    where status != 127 && words.contains(where: { text.range(of: $0) != nil }) {
      return AdminError(code, what, at: location, next: next)
    }
    let last = complaint.split(whereSeparator: \.isNewline).last.map { printable(String($0.prefix(300))) }
    switch status {
    case 127:
      return AdminError(
        .unavailable, "hubtui is not found on the other machine", at: location,
        next: "install it there, or write its path into the forced command of authorized_keys")
    case 255, nil, .some(128...):
      return AdminError(
        .unavailable, "the connection was lost\(last.map { " (ssh: \($0))" } ?? "")", at: location,
        next: "check the network and the other machine, then start again")
    case .some(let status):
      return AdminError(
        .unavailable, "the other side ended (\(status))\(last.map { ": \($0)" } ?? "")", at: location,
        next: "try there what the key's forced command says")
    }
  }

  private static let meanings: [([String], String, AdminError.Code, String)] = [
    (
      ["host identification has changed", "host key verification failed and the key has changed"],
      "the host key has changed", .refused,
      "somebody may be between the machines: ask the other machine's administrator for its key before you change known_hosts"
    ),
    (
      ["host key verification failed", "no matching host key", "host key is known for"],
      "the host key is not known", .refused,
      "compare the key with the other machine's administrator, then add it to known_hosts of the account that runs hubtui"
    ),
    (
      ["permission denied", "too many authentication failures", "no supported authentication"],
      "permission denied: the other machine does not take this key", .unavailable,
      "put this account's public key into authorized_keys there, as the operator's guide shows"
    ),
    (
      ["could not resolve hostname"], "the host name does not resolve", .unavailable,
      "check the name and the name server"
    ),
    (
      ["connection refused"], "connection refused: no sshd answers there", .unavailable,
      "start sshd there, or correct the port in the configuration of ssh"
    ),
    (["no route to host", "network is unreachable"], "no route to the host", .unavailable, "check the network"),
    (
      ["timed out", "timeout, server"], "the host does not answer", .unavailable,
      "check that the machine runs and the network between"
    ),
    (
      ["bad configuration option", "no such file or directory", "bad owner or permissions", "missing argument"],
      "ssh does not understand its configuration", .configuration,
      "try: ssh HOST true, under the account that runs hubtui"
    ),
  ]
}
