import Glibc

/// Looks up the addresses of hosts beside other work, and waits only so long for the answers: a name server that does not
/// answer must hold nothing up.
package final class HostAddresses: Sendable {
  private struct State {
    var asked: Set<HostName> = []
    var waiting: [HostName] = []
    var workers = 0
    var found: [HostName: HostName.Resolution] = [:]
  }

  private let state = Guarded(State())
  /// How many questions are asked at once.
  private static let mostAtOnce = 32

  /// Nothing is asked yet.
  package init() { _ = HostAddresses.patience }

  /// Asks for hosts that were not asked for before, and does not wait.
  package func ask(_ hosts: some Collection<HostName>) {
    let starts = state.withLock { state in
      for host in hosts where !host.isAddress && state.asked.insert(host).inserted { state.waiting.append(host) }
      let starts = max(0, min(state.waiting.count, HostAddresses.mostAtOnce - state.workers))
      state.workers += starts
      return starts
    }
    for _ in 0..<starts {
      BackgroundThread.run { [state] in
        while let name = HostAddresses.next(state) {
          let resolution = name.resolution()
          state.withLock { $0.found[name] = resolution }
        }
      }
    }
  }

  /// What the name server says of each host; a host whose answer did not come in time is `unknown`.
  ///
  /// - Parameter milliseconds: how long to wait for all together, from now on.
  package func resolutions(of hosts: Set<HostName>, within milliseconds: Int) -> [HostName: HostName.Resolution] {
    ask(hosts)
    let names = hosts.filter { !$0.isAddress }
    for round in 0..<max(1, milliseconds / 10) {
      let missing = state.withLock { state in names.filter { state.found[$0] == nil } }
      if missing.isEmpty { break }
      // A name server's answer takes milliseconds; what took this long was lost on its way, more likely than not.
      if round % 20 == 15, missing.count <= HostAddresses.mostAtOnce { askAgain(missing) }
      usleep(10_000)
    }
    let found = state.withLock { state in
      // Nobody waits for those that are left.
      state.waiting = []
      return state.found
    }
    return Dictionary(
      uniqueKeysWithValues: hosts.map { host in
        (host, host.isAddress ? .addresses([host]) : found[host] ?? .unknown(reason: "no answer in time"))
      })
  }

  private func askAgain(_ names: Set<HostName>) {
    for name in names {
      BackgroundThread.run { [state] in
        let resolution = name.resolution()
        state.withLock { state in if state.found[name] == nil { state.found[name] = resolution } }
      }
    }
  }

  /// The same for hosts that nobody asked for before.
  package static func resolutions(of hosts: Set<HostName>, within milliseconds: Int) -> [HostName: HostName.Resolution]
  {
    HostAddresses().resolutions(of: hosts, within: milliseconds)
  }

  private static func next(_ state: Guarded<State>) -> HostName? {
    state.withLock { state in
      guard let name = state.waiting.popLast() else {
        state.workers -= 1
        return nil
      }
      return name
    }
  }

  // A question that is lost is asked again after a second, not after five (resolv.conf(5)). What the site says holds.
  private static let patience: Int32 = setenv("RES_OPTIONS", "timeout:1 attempts:3", 0)
}
