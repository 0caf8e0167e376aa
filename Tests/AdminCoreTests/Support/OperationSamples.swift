import Glibc

@testable import Administration
@testable import Installation
@testable import Runs

extension OperationContext {
  /// Operations of a test on an installation of its own.
  static func on(_ installation: Installation, by actor: Actor = .current) -> OperationContext {
    OperationContext(onHub: installation, by: actor)
  }
}

extension OperationLock.Holder {
  /// This process, which makes a short change.
  static var sample: OperationLock.Holder {
    OperationLock.Holder(name: "a test", processID: getpid(), account: "tester", started: "now", token: nil)
  }
}
