import AdminCore
import Foundation
import Glibc
import Synchronization

/// A demo production with backups of every state, and a test system restored from one of them; made once, and only looked
/// at. A test that changes something takes a copy.
final class Stage: Sendable {
  private static let made = Result { try Stage() }

  /// The one stage.
  static var shared: Stage { get throws { try made.get() } }

  /// The moment on which the demo's dates turn: 2026-01-02 03:04:05 UTC.
  static let now: Int64 = 1_767_323_045
  static let account = "admin"

  let scratch: Scratch
  let production: Hub
  let testSystem: Hub
  /// An empty test server, where a restore could start.
  let testServer: Hub
  let normal: BackupID
  let testBed: BackupID
  /// Sets that are not as they should be, in production's backup folders.
  let incomplete: BackupID
  let mismatched: BackupID
  let unmarked: BackupID

  /// What production's operation said when it had made `testBed`; previews of other tests come after it.
  private let madeBackup: [UInt8]

  /// Production as it is after a backup, with the same system database.
  func productionAfterABackup() throws -> (hub: Hub, scratch: Scratch) {
    let scratch = try Scratch()
    try FileManager.default.copyItem(
      atPath: self.scratch.folder + "/production", toPath: scratch.folder + "/production")
    let hub = try Hub(installFolder: scratch.folder + "/production", actor: Actor(hubAccount: Stage.account))
    try FileSystem.replace(hub.installation.home(of: .hub) + "/operation.json", with: madeBackup)
    return (hub, scratch)
  }

  /// Production's backup folders, where a wizard looks.
  var sources: [String] { Stage.folders(scratch.folder) }

  private static func folders(_ folder: String) -> [String] {
    ["\(folder)/production/hub/backup", "\(folder)/share/lui-backup", "\(folder)/production/trk/backup"]
  }

  private init() throws {
    unsetenv("SSH_CONNECTION")
    scratch = try Scratch()
    let folder = scratch.folder
    var options = DemoOptions()
    (options.subscribers, options.events, options.seed, options.now) = (40, 60, 7, Stage.now)
    try Demo.create(folder, options)
    let actor = Actor(hubAccount: Stage.account)
    production = try Hub(installFolder: folder + "/production", actor: actor)
    normal = try Stage.id("20260102020000-NRMA")
    testBed = try Stage.id("20260102030001-TSTB")
    try production.createBackup(BackupOptions(kind: .normal, threads: 1), as: normal)
    try production.createBackup(BackupOptions(kind: .testBed, threads: 1), as: testBed)
    madeBackup = try FileSystem.read(production.installation.home(of: .hub) + "/operation.json")
    try FileManager.default.copyItem(atPath: folder + "/test-server", toPath: folder + "/test-system")
    let target = try Hub(installFolder: folder + "/test-system", actor: actor)
    try target.restore(testBed, from: Stage.folders(folder))
    testSystem = try Hub(installFolder: folder + "/test-system", actor: actor)
    testServer = try Hub(installFolder: folder + "/test-server", actor: actor)

    incomplete = try Stage.id("20260101030001-NCMP")
    mismatched = try Stage.id("20251231030001-MSMT")
    unmarked = try Stage.id("20251123030001-NMRK")
    try copySet(to: incomplete, without: .lui)
    try copySet(to: mismatched)
    try copySet(to: unmarked)
    let report = "LISTSERV Maestro test-bed backup report\nBackup ID: \(unmarked)\n\nHUB: 12 files\n"
    let path = production.installation.logFolder + "/" + BackupKind.testBed.reportName(unmarked)
    try FileSystem.replace(path, with: Array(report.utf8))
  }

  private static func id(_ text: String) throws -> BackupID {
    guard let id = BackupID(text) else { throw AdminError(.dataError, "no backup ID", next: "mend the test") }
    return id
  }

  private func copySet(to id: BackupID, without left: Component? = nil) throws {
    for (component, folder) in zip(Component.allCases, sources) where component != left {
      let (old, new) = (
        BackupKind.testBed.archiveName(component, testBed), BackupKind.testBed.archiveName(component, id)
      )
      try FileSystem.copy("\(folder)/\(old)", to: "\(folder)/\(new)")
    }
  }

  /// The restored test system anew, to be changed.
  func copyOfTestSystem() throws -> (hub: Hub, scratch: Scratch) {
    let scratch = try Scratch()
    try FileManager.default.copyItem(
      atPath: self.scratch.folder + "/test-system", toPath: scratch.folder + "/test-system")
    return (try Hub(installFolder: scratch.folder + "/test-system", actor: Actor(hubAccount: Stage.account)), scratch)
  }

  /// A fresh single server, to be changed.
  static func freshServer() throws -> (hub: Hub, scratch: Scratch) {
    let scratch = try Scratch()
    try Setup.create(scratch.folder + "/server", password: Demo.password)
    return (try Hub(installFolder: scratch.folder + "/server", actor: Actor(hubAccount: Stage.account)), scratch)
  }
}

/// A folder that goes away with this value, or with the process. All have names of one length, so that lines break alike.
final class Scratch: Sendable {
  let folder: String

  init() throws {
    var template = Array("/tmp/hubtui-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw AdminError(.cannotCreate, "no scratch folder", next: "mend the test") }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let path = folder
    Scratch.left.withLock { $0.append(path) }
    _ = Scratch.cleaning
  }

  private static let left = Mutex<[String]>([])
  // The shared stage lives as long as the process.
  private static let cleaning: Void = {
    atexit { Scratch.left.withLock { $0 }.forEach { try? FileSystem.remove($0) } }
  }()

  deinit { try? FileSystem.remove(folder) }
}
