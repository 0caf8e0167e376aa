import Glibc

@testable import Administration
@testable import Installation
@testable import Platform
@testable import Runs

extension OperationContext {
  /// Operations of a test on an installation of its own.
  static func on(_ installation: Installation, by actor: Actor = .current) -> OperationContext {
    OperationContext(onHub: installation, by: actor)
  }
}

extension Sample {
  /// Runs operations of an installation of the test's own, once more while the lock is held: a child that another test
  /// has forked and that has not begun its program yet has everything open that this process has.
  static func retryingWhileBusy<Result>(_ body: () throws -> Result) throws -> Result {
    for _ in 0..<200 {
      do { return try body() } catch let error as AdminError where error.code == .busy { usleep(20_000) }
    }
    return try body()
  }
}

extension OperationLock.Holder {
  /// This process, which makes a short change.
  static var sample: OperationLock.Holder {
    OperationLock.Holder(name: "a test", processID: getpid(), account: "tester", started: "now", token: nil)
  }
}
