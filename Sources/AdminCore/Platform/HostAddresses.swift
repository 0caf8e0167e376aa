import Glibc

/// Looks up the addresses of many hosts at once, and waits only so long: a name server that does not answer must hold
/// nothing up.
package enum HostAddresses {
  private final class Answers: Sendable {
    let state: Guarded<(next: Int, found: [HostName: HostName.Resolution])> = Guarded((0, [:]))
  }

  /// What the name server says of each host by then; a host whose answer did not come in time is `unknown`.
  ///
  /// - Parameter milliseconds: how long to wait for all together.
  package static func resolutions(of hosts: Set<HostName>, within milliseconds: Int) -> [HostName: HostName.Resolution]
  {
    let names = Array(hosts.filter { !$0.isAddress })
    let answers = Answers()
    for _ in 0..<min(names.count, mostAtOnce) {
      BackgroundThread.run {
        while let name = next(names, answers) {
          let resolution = name.resolution()
          answers.state.withLock { $0.found[name] = resolution }
        }
      }
    }
    for _ in 0..<max(1, milliseconds / 10) where answers.state.withLock({ $0.found.count < names.count }) {
      usleep(10_000)
    }
    var found = answers.state.withLock { answers in
      // Nobody waits for those that are left.
      answers.next = names.count
      return answers.found
    }
    for host in hosts where found[host] == nil {
      found[host] = host.isAddress ? .addresses([host]) : .unknown(reason: "no answer in time")
    }
    return found
  }

  /// How many questions are asked at once.
  private static let mostAtOnce = 32

  private static func next(_ names: [HostName], _ answers: Answers) -> HostName? {
    answers.state.withLock { answers in
      guard answers.next < names.count else { return nil }
      defer { answers.next += 1 }
      return names[answers.next]
    }
  }
}
