import Glibc

/// Looks up the addresses of many hosts at once, and waits only so long: a name server that does not answer must not hold
/// a backup up.
package enum HostAddresses {
  private final class Answers: Sendable {
    let state = Guarded<(addresses: Set<HostName>, waiting: Int)>(([], 0))
  }

  /// The addresses known by then; a host that does not resolve in time has none.
  ///
  /// - Parameter milliseconds: how long to wait for all together.
  package static func of(_ hosts: Set<HostName>, within milliseconds: Int) -> Set<HostName> {
    let answers = Answers()
    answers.state.withLock { $0.waiting = hosts.count }
    for host in hosts {
      BackgroundThread.run {
        // A name that does not resolve has no address to protect; the name itself is protected anyway.
        let addresses = (try? host.resolve()) ?? []
        answers.state.withLock {
          $0.addresses.formUnion(addresses)
          $0.waiting -= 1
        }
      }
    }
    for _ in 0..<max(1, milliseconds / 10) where answers.state.withLock({ $0.waiting > 0 }) { usleep(10_000) }
    return answers.state.withLock { $0.addresses }
  }
}
