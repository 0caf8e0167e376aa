import Glibc
import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

@Suite struct OperationLockTests {
  private let folder: TemporaryFolder
  private let installation: Installation

  init() throws {
    folder = try TemporaryFolder()
    installation = Installation(folder: folder["install"])
    try Setup.makeFolders(installation)
  }

  /// Whether another process finds the lock taken.
  private func isTakenForOthers() throws -> Bool {
    let program = "import fcntl,sys; f=open(sys.argv[1],'r+'); fcntl.lockf(f, fcntl.LOCK_EX|fcntl.LOCK_NB)"
    return try Command(["python3", "-c", program, installation.operationLockPath]).status != 0
  }

  @Test func anotherProcessKeepsUsOut() throws {
    try Sample.write("", to: installation.operationLockPath)
    // The holder says that it has the lock, and ends when its folder gets a file named `go`.
    let program = """
      import fcntl,sys,os,time
      f=open(sys.argv[1],'r+'); fcntl.lockf(f, fcntl.LOCK_EX); open(sys.argv[2]+'/held','w').write(str(os.getpid()))
      for _ in range(3000):
        if os.path.exists(sys.argv[2]+'/go'): break
        time.sleep(0.01)
      """
    let script = folder["hold.py"]
    try Sample.write(program, to: script)
    let start = "python3 '\(script)' '\(installation.operationLockPath)' '\(folder.path)' >/dev/null 2>&1 &"
    #expect(try Command(["sh", "-c", start]).status == 0)
    while try !FileSystem.exists(folder["held"]) || Sample.text(folder["held"]).isEmpty { usleep(5000) }
    let holder = try #require(Int32(try Sample.text(folder["held"])))
    #expect(try OperationLock.holder(installation)?.processID == holder)
    let error = Sample.error { _ = try OperationLock(installation, .sample) }
    #expect(error?.code == .busy && error?.what.contains("process \(holder)") == true)
    #expect(Sample.error { try Operation.run("x", in: .on(installation)) { _ in } }?.code == .busy)
    try Sample.write("", to: folder["go"])
    while try OperationLock.holder(installation) != nil { usleep(5000) }
    try OperationLock(installation, .sample).release()
  }

  @Test func lookingAtTheLockDoesNotGiveItUp() throws {
    try Operation.run("test", in: .on(installation)) { (_) throws -> Void in
      #expect(try isTakenForOthers())
      #expect(try OperationLock.holder(installation)?.processID == getpid())
      #expect(try OperationStatus.read(installation)?.outcome == .running)
      #expect(try isTakenForOthers())
      let other = Installation(folder: installation.folder + "/../install/")
      #expect(Sample.error { _ = try OperationLock(other, .sample) }?.code == .busy)
      #expect(try isTakenForOthers())
    }
    #expect(try !isTakenForOthers())
    #expect(try OperationLock.holder(installation) == nil)
    #expect(try OperationStatus.read(installation)?.outcome == .succeeded)
  }

  @Test func theLockIsFreeAfterAFailure() throws {
    let error = Sample.error {
      try Operation.run("test", in: .on(installation)) { (_) throws -> Void in
        throw AdminError(.inputOutput, "broken", next: "mend")
      }
    }
    #expect(error?.what == "broken")
    #expect(try OperationStatus.read(installation)?.outcome == .failed)
    #expect(try !isTakenForOthers())
  }

  @Test func aShortChangeIsNamedWhileItHoldsTheLockAndIsNotCancelled() throws {
    try Operation.run("backup", in: .on(installation)) { (_) throws -> Void in }
    try Operation.change("settings set", in: .on(installation, by: Actor(hubAccount: "eve"))) {
      let status = try #require(try OperationStatus.read(installation))
      #expect(status.name == "settings set" && status.account == "eve" && status.processID == getpid())
      #expect(status.outcome == .running && !status.canBeCancelled)
      let refused = Sample.error { try OperationStatus.cancel(installation) }
      #expect(refused?.code == .busy && refused?.what.contains("settings set by eve") == true)
      let busy = Sample.error { try Operation.run("restore", in: .on(installation)) { _ in } }
      #expect(busy?.what.contains("settings set by eve") == true)
    }
    // The status of the last operation stays.
    #expect(try OperationStatus.read(installation)?.name == "backup")
  }

  @Test func aRequestToStopReachesTheOperationThatRunsAndNoLaterOne() throws {
    let error = Sample.error {
      try Operation.run("test", in: .on(installation)) { operation in
        try OperationStatus.cancel(installation)
        while !operation.cancellation.isCancelled { usleep(5000) }
        try operation.cancellation.check()
      }
    }
    #expect(error?.code == .cancelled)
    #expect(try OperationStatus.read(installation)?.outcome == .cancelled)
    // A word that was meant for an operation before is none for this one.
    try Sample.write("0123456789abcdef", to: installation.operationCancelPath)
    try Operation.run("test", in: .on(installation)) { operation in
      usleep(300_000)
      try operation.cancellation.check()
    }
    #expect(try OperationStatus.read(installation)?.outcome == .succeeded)
  }

  @Test func aProcessThatDiedCountsAsFailed() throws {
    let status =
      #"{"name":"backup","processID":1,"account":"a","started":"x","phase":"","components":{},"outcome":"running","message":""}"#
    try Sample.write(status, to: installation.operationStatusPath)
    #expect(try OperationStatus.read(installation)?.outcome == .failed)
    #expect(Sample.error { try OperationStatus.cancel(installation) }?.code == .unavailable)
    try Sample.write("{", to: installation.operationStatusPath)
    #expect(Sample.error { _ = try OperationStatus.read(installation) }?.code == .dataError)
  }

  @Test func aLinkInThePlaceOfTheLockIsRefused() throws {
    #expect(try Command(["ln", "-s", "/dev/null", installation.operationLockPath]).status == 0)
    #expect(Sample.error { _ = try OperationLock(installation, .sample) }?.code == .cannotCreate)
    try FileSystem.remove(installation.operationLockPath)
    try OperationLock(installation, .sample).release()
  }
}
