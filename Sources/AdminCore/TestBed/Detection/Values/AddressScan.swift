import Platform

/// Goes through an address value once for each way in which it may name a host.
struct AddressScan {
  /// Hosts in the order in which they were met, each once.
  struct Hosts {
    private(set) var list: [HostName] = []
    private var known: Set<HostName> = []

    mutating func add(_ host: HostName?) {
      if let host, known.insert(host).inserted { list.append(host) }
    }

    func contains(_ host: HostName) -> Bool { known.contains(host) }
  }

  private let expectation: AddressValue.Expectation
  private(set) var servers = Hosts()
  private(set) var names = Hosts()
  private(set) var domains = Hosts()
  private(set) var unreadable: [String] = []
  /// Whether this is a text in which something may be mentioned, and nothing need be understood.
  private var isMention = false

  init(_ expectation: AddressValue.Expectation) { self.expectation = expectation }

  /// Reads a value as what is expected.
  mutating func read(_ text: String) {
    let text = text.trimmingSpaces
    guard !text.isEmpty else { return }
    let characters = Array(text.unicodeScalars)
    let isConnection = text.prefix(5).lowercased() == "jdbc:"
    // A database server's word for this machine.
    if text == "(local)" { return }
    readURLs(characters)
    readPairs(characters)
    if expectation == .secret, !isConnection { return }
    readAts(characters, isConnection: isConnection)
    if expectation == .secret { return }
    readShares(characters)
    readDomainComponents(text)
    if !isConnection, !isMention { readPieces(characters) }
    readRuns(characters, isEncoded: AddressScan.percentDecoded(text) != nil)
    if isConnection, servers.list.isEmpty, names.list.isEmpty { refuse(text) }
  }

  /// Reads what may be in a text, wherever it stands.
  mutating func mention(_ text: String) {
    isMention = true
    read(text)
    isMention = false
  }

  private mutating func refuse(_ part: String) {
    switch expectation {
    case .server, .location, .mail: if !isMention { unreadable.append(part) }
    case .any, .secret: break
    }
  }

  // MARK: URLs

  private mutating func readURLs(_ text: [Unicode.Scalar]) {
    var index = 0
    while index + 2 < text.count {
      guard text[index] == ":", text[index + 1] == "/", text[index + 2] == "/" else {
        index += 1
        continue
      }
      let start = index + 3
      let end = text[start...].firstIndex { AddressScan.authorityEnds.contains($0) } ?? text.count
      readAuthority(text[start..<end], isCut: end < text.count && text[end] == "{")
      index = max(end, start)
    }
  }

  private mutating func readAuthority(_ authority: ArraySlice<Unicode.Scalar>, isCut: Bool) {
    // Descriptions in brackets are read as pairs.
    guard !authority.contains("("), !authority.contains("=") else { return }
    let hosts = authority.lastIndex(of: "@").map { authority[($0 + 1)...] } ?? authority
    // A wildcard stands for no host of its own; a placeholder stands for whatever host comes later.
    if isCut, !isMention { return unreadable.append(AddressScan.string(authority) + "{") }
    for part in hosts.split(separator: ",") {
      let name = AddressScan.withoutPort(AddressScan.string(part))
      if name.isEmpty || name == "*" { continue }
      if let host = AddressScan.host(name) {
        servers.add(host)
      } else if !isMention {
        unreadable.append(name)
      }
    }
  }

  // MARK: key=value

  private mutating func readPairs(_ text: [Unicode.Scalar]) {
    for index in text.indices where text[index] == "=" {
      var start = index
      // A name may have blanks in it: Data Source.
      while start > 0, index - start < 40, AddressScan.isNamePart(text[start - 1]) { start -= 1 }
      let words = AddressScan.string(text[start..<index]).lowercased().split { !$0.isLetter && !$0.isNumber }
      guard let last = words.last, AddressScan.isServerName(words.joined()) || AddressScan.isServerName(String(last))
      else { continue }
      var end = index + 1
      while end < text.count, text[end] == " " { end += 1 }
      let begin = end
      // A list of servers is no longer; a bound keeps the time linear.
      while end < text.count, end - begin < 512, !AddressScan.pairEnds.contains(text[end]),
        text[end] != " " || text[end - 1] == ","
      {
        end += 1
      }
      guard begin < end, text[begin] != "(" else { continue }
      for piece in text[begin..<end].split(whereSeparator: { $0 == "," || $0 == " " }) {
        _ = readPiece(AddressScan.string(piece), as: .server, isWhole: false)
      }
    }
  }

  private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "-" || isHostPart(scalar)
  }

  private static func isServerName(_ name: String) -> Bool {
    [
      "host", "hosts", "hostname", "hostaddr", "server", "servers", "servername", "serveraddress", "datasource", "addr",
      "address", "networkaddress", "node", "nodes", "endpoint", "fallback", "failoverpartner", "broker", "brokers",
      "peer", "relay", "proxy", "gateway",
    ].contains(name) || name.hasSuffix("host") || name.hasSuffix("server") || name.hasSuffix("hostname")
  }

  // MARK: user@host

  private mutating func readAts(_ text: [Unicode.Scalar], isConnection: Bool) {
    guard text.contains("@") else { return }
    let isURL = AddressScan.string(text[...]).contains("://")
    for at in text.indices where text[at] == "@" {
      var start = at + 1
      while start < text.count, text[start] == "/" { start += 1 }
      guard start < text.count, text[start] != "(" else {
        if start >= text.count { refuse(AddressScan.string(text[...])) }
        continue
      }
      let isServer = isConnection || start > at + 1 || expectation == .server
      let end: Int
      if text[start] == "[" {
        end = text[start...].firstIndex(of: "]").map { $0 + 1 } ?? text.count
      } else {
        end = text[start...].firstIndex { !AddressScan.isHostPart($0) && $0 != "%" } ?? text.count
      }
      // An address literal names its family (RFC 5321, section 4.1.3).
      var name = AddressScan.string(text[start..<end])
      if name.lowercased().hasPrefix("[ipv6:") { name = "[" + name.dropFirst(6) }
      let isWhole =
        end == text.count || AddressScan.separators.contains(text[end]) || AddressScan.hostEnds.contains(text[end])
      guard let host = AddressScan.host(name), isWhole else {
        // Inside a URL the last @ counts, and its host is read there.
        if !isURL { refuse(AddressScan.string(text[at..<end])) }
        continue
      }
      let hasPort = end + 1 < text.count && text[end] == ":" && text[end + 1].properties.numericType != nil
      if isServer || hasPort { servers.add(host) } else { domains.add(host) }
    }
  }

  // MARK: network shares

  private mutating func readShares(_ text: [Unicode.Scalar]) {
    for index in text.indices.dropLast(2) {
      let sign = text[index]
      guard sign == "\\" || sign == "/", text[index + 1] == sign else { continue }
      if index > 0, !AddressScan.shareStarts.contains(text[index - 1]) {
        guard text[index - 1] == ":", sign == "\\" else { continue }
      }
      guard let start = text[index...].firstIndex(where: { $0 != sign }) else { continue }
      let end = text[start...].firstIndex { !AddressScan.isHostPart($0) && !AddressScan.hostSigns.contains($0) }
      guard end.map({ text[$0] == sign || sign == "/" && text[$0] == "/" }) ?? (sign == "\\") else { continue }
      servers.add(AddressScan.host(AddressScan.withoutPort(AddressScan.string(text[start..<(end ?? text.count)]))))
    }
  }

  // MARK: distinguished names

  private mutating func readDomainComponents(_ text: String) {
    guard text.lowercased().contains("dc") else { return }
    var labels: [String] = []
    for part in text.split(whereSeparator: { ",;/?+\n".contains($0) }) {
      let pair = part.split(separator: "=", maxSplits: 1).map { String($0).trimmingSpaces }
      if pair.count == 2, pair[0].lowercased() == "dc" {
        labels.append(AddressScan.percentDecoded(pair[1]) ?? pair[1])
      } else if !labels.isEmpty {
        domains.add(HostName(labels.joined(separator: ".")))
        labels = []
      }
    }
    if !labels.isEmpty { domains.add(HostName(labels.joined(separator: "."))) }
  }

  // MARK: lists

  private mutating func readPieces(_ text: [Unicode.Scalar]) {
    let pieces = text.split { AddressScan.separators.contains($0) }
    if pieces.isEmpty, expectation != .mail { refuse(AddressScan.string(text[...])) }
    for piece in pieces {
      let part = AddressScan.string(piece)
      if !readPiece(part, as: expectation, isWhole: pieces.count == 1) { refuse(part) }
    }
  }

  /// Reads one part of a list; false when it cannot be understood.
  private mutating func readPiece(
    _ piece: String, as expectation: AddressValue.Expectation, isWhole: Bool
  ) -> Bool {
    var text = piece[...]
    while let first = text.first, "!*+".contains(first) { text = text.dropFirst() }
    // What is read elsewhere, or stands for nothing.
    if text.isEmpty || text.contains("@") || text.contains("=") || text.contains("://") { return true }
    if text.allSatisfy({ ".-".contains($0) }) { return true }
    if text.hasPrefix("/") || text.hasPrefix("./") || text.hasPrefix("../") || text.hasPrefix("~")
      || text.hasPrefix("\\") || AddressScan.isDrivePath(text)
    {
      return true
    }
    if text.hasPrefix("."), !text.hasPrefix("..") { text = text.dropFirst() }
    let name = AddressScan.percentDecoded(String(text)) ?? String(text)
    if let host = HostName(name), host.isAddress || name.hasPrefix("[") {
      if expectation == .mail { names.add(host) } else { servers.add(host) }
      return true
    }
    if let number = Int64(name) {
      // Beside a host a small number is its port.
      if number <= 65535, !isWhole || expectation != .server { return true }
      if expectation == .server { servers.add(HostName.address(name)) } else { names.add(HostName.address(name)) }
      return expectation != .server || HostName.address(name) != nil
    }
    if let host = HostName.address(name) {
      if expectation == .server { servers.add(host) } else { names.add(host) }
      return true
    }
    if let end = name.firstIndex(where: { $0 == "/" || $0 == "\\" }) {
      return readHead(String(name[..<end]), as: expectation)
    }
    if name.contains(":") { return readColons(name, as: expectation) }
    guard let host = HostName(name) else { return false }
    take(host, as: expectation)
    return true
  }

  /// The part of a path or of `server\instance` before its first separator.
  private mutating func readHead(_ head: String, as expectation: AddressValue.Expectation) -> Bool {
    if expectation == .server { return readPiece(head, as: .server, isWhole: true) }
    if let host = AddressScan.host(AddressScan.withoutPort(head)), host.looksLikeHost { names.add(host) }
    return true
  }

  /// `host:port`, `[host]:port`, `protocol:host`, `host1:host2`.
  private mutating func readColons(_ text: String, as expectation: AddressValue.Expectation) -> Bool {
    var rest = text[...]
    var found = false
    if let open = rest.firstIndex(of: "["), let close = rest[open...].firstIndex(of: "]") {
      guard let host = AddressScan.host(String(rest[rest.index(after: open)..<close])) else { return false }
      servers.add(host)
      found = true
      rest = rest[..<open]
    }
    let parts = rest.split(separator: ":").filter { !AddressScan.isProtocol($0.lowercased()) }
    let words = parts.filter { !$0.allSatisfy { $0.isASCII && $0.isNumber } }
    for (index, word) in words.enumerated() {
      guard let host = AddressScan.host(String(word)) else {
        if expectation == .server { return false }
        continue
      }
      if host.looksLikeHost, expectation != .mail {
        servers.add(host)
      } else if expectation == .server, index == words.count - 1, !found {
        servers.add(host)
      } else {
        names.add(host)
      }
      found = true
    }
    // A number in front of a colon is an address in an old spelling; a time of day is none.
    if words.isEmpty, !found, expectation == .server {
      guard let number = parts.first, let host = HostName.address(String(number)) else { return parts.isEmpty }
      servers.add(host)
    }
    return true
  }

  private mutating func take(_ host: HostName, as expectation: AddressValue.Expectation) {
    switch expectation {
    case .server: servers.add(host)
    case .location: if host.looksLikeHost { servers.add(host) } else { names.add(host) }
    case .mail, .any, .secret: if host.looksLikeHost { names.add(host) }
    }
  }

  // MARK: whatever looks like a host

  private mutating func readRuns(_ text: [Unicode.Scalar], isEncoded: Bool) {
    for run in text.split(whereSeparator: { !AddressScan.isHostPart($0) }) where run.count <= 300 {
      // The digits of an encoded character are none of a host's.
      let isEncoded = isEncoded && run.startIndex > 0 && text[run.startIndex - 1] == "%"
      mentionHost(AddressScan.string(isEncoded ? run.dropFirst(2) : run))
    }
    for run in text.split(whereSeparator: { !AddressScan.isIPv6Part($0) })
    where run.count <= 64 && run.filter({ $0 == ":" }).count >= 2 {
      // The end of a word is no beginning of an address.
      if run.startIndex > 0, AddressScan.isHostPart(text[run.startIndex - 1]) { continue }
      mentionHost(AddressScan.string(run))
    }
  }

  private mutating func mentionHost(_ text: String) {
    var name = text[...]
    while let first = name.first, ".-_".contains(first) { name = name.dropFirst() }
    while let last = name.last, ".-_".contains(last) { name = name.dropLast() }
    if let host = HostName(String(name)), host.looksLikeHost { names.add(host) }
  }
}
