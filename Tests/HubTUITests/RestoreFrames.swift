import AdminCore
import Foundation
import FrameFiles
import HubTUI
import TUIKitLite
import Testing

extension ConsoleTests {
  /// The restore wizard, step by step, and running operations.
  @Suite struct RestoreFrames {
    @Test func restoreIntoATestServer() throws {
      let stage = try Stage.shared
      let folders: [Step] = stage.sources.flatMap { [.types($0), .key(.tab)] }
      // An operation that only waits: the wizard's last step shows it starting.
      let program = stage.scratch.folder + "/wait"
      try FileSystem.replace(program, with: Array("#!/bin/sh\nsleep 1\n".utf8), mode: 0o700)
      var visit = Visit(hub: stage.testServer)
      visit.launcher = OperationLauncher(program: program)
      try visit.run(
        [.types("GAGR"), .frame("restore-sources")] + folders + [
          .key(.enter), .sees("incomplete"), .frame("restore-sets"), .types("jjj"), .key(.enter),
          .frame("restore-set-mismatched"), .key(.enter), .types("g"), .key(.enter), .sees("typed confirmation"),
          .frame("restore-preflight"), .key(.enter), .frame("restore-confirm"), .types("restore"), .key(.enter),
          .frame("restore-confirm-wrong-word"), .key(.control("u")), .types("RESTORE"), .key(.enter), .sees("Starting"),
          .frame("restore-starting"),
        ])
    }

    @Test func aFolderThatIsNotThere() throws {
      try Visit(hub: Stage.shared.testServer).run([
        .types("GAGR"), .types("/nowhere"), .key(.enter), .frame("restore-sources-wrong"), .key(.escape),
        .frame("unsaved"),
      ])
    }

    @Test func noRestoreIntoTheOrigin() throws {
      let stage = try Stage.shared
      try Visit(hub: stage.production).run([
        .types("GAGR"), .key(.enter), .sees("incomplete"), .key(.enter), .sees("cannot start"),
        .frame("restore-preflight-failed"),
      ])
    }

    @Test func theRestoreThatMadeATestSystem() throws {
      try Visit(hub: Stage.shared.testSystem).run([
        .types("R"), .sees("Succeeded"), .sees("Post-Restore Setup"), .frame("operation-restored"), .key(.enter),
        .sees("Outbox review"),
      ])
    }

    @Test func theOperationThatMadeABackupLeadsToItsReport() throws {
      let (hub, scratch) = try Stage.shared.productionAfterABackup()
      try Visit(hub: hub, scratch: scratch).run([
        .types("R"), .sees("Succeeded"), .frame("operation-with-report"), .key(.enter), .sees("Backup ID"),
      ])
    }

    @Test func noOperation() throws {
      let (hub, scratch) = try Stage.freshServer()
      try Visit(hub: hub, scratch: scratch).run([.types("R"), .sees("No operation"), .frame("operation-none")])
    }

    @Test(arguments: ["running", "succeeded", "failed", "cancelled"])
    func operation(outcome: String) throws {
      let (hub, scratch) = try Stage.freshServer()
      try write(outcome, to: hub)
      let visit = Visit(hub: hub, scratch: scratch)
      let steps: [Step] = [.types("R"), .sees("test-bed backup 2026"), .frame("operation-\(outcome)")]
      guard outcome == "running" else { return _ = try visit.run(steps) }
      try whileBusy(hub, with: "test-bed backup", token: "feed", processID: 4711) {
        _ = try visit.run(
          steps + [.types("c"), .frame("operation-cancel"), .key(.escape), .key(.escape), .frame("menu-running")])
      }
    }

    private func write(_ outcome: String, to hub: Hub) throws {
      let message =
        outcome == "failed"
        ? "the disk is full: /srv/backup/.HUB_TestBedBackup.partial; free disk space there and start again" : ""
      let ended = outcome == "running" ? "null" : "\"2026-01-02T03:04:50Z\""
      let done = outcome == "running" ? 4_200_000 : 9_000_000
      let json = """
        {"name":"test-bed backup","processID":4711,"token":"feed","account":"admin","started":"2026-01-02T03:04:05Z","ended":\(ended),
        "phase":"writing LUI","backupID":"20260102030405-DEMA","outcome":"\(outcome)","message":"\(message)",
        "components":{"HUB":{"done":0,"total":1000000},"LUI":{"done":\(done),"total":9000000},"TRK":{"done":0,"total":0}}}
        """
      try FileSystem.replace(hub.installation.home(of: .hub) + "/operation.json", with: Array(json.utf8))
    }
  }
}

/// Runs `body` while another thread holds the installation's lock.
///
/// - Parameter token: what tells the operation from every other; nil for a short change.
func whileBusy(
  _ hub: Hub, with name: String = "a test", token: String? = nil, processID: Int32 = getpid(), _ body: () throws -> Void
) throws {
  let held = DispatchSemaphore(value: 0)
  let done = DispatchSemaphore(value: 0)
  let ended = DispatchSemaphore(value: 0)
  Thread.detachNewThread {
    defer { ended.signal() }
    do {
      try hub.whileLocked(name, token: token, processID: processID) {
        held.signal()
        done.wait()
      }
    } catch {
      Issue.record("the lock cannot be held: \(error)")
      held.signal()
    }
  }
  held.wait()
  defer {
    done.signal()
    ended.wait()
  }
  try body()
}
