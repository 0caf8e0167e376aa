import AdminCore
import Testing

@Suite struct DemoTests {
  @Test func theSameSeedAndMomentMakeTheSameProduction() throws {
    let one = try DemoSample(seed: 7)
    let two = try DemoSample(seed: 7)
    #expect(try one.dump() == two.dump())
    #expect(try one.inis() == two.inis())
    #expect(try one.files() == two.files())
    // Contents; a link is compared as a link.
    for component in Component.allCases {
      let folders = [one, two].map { $0.installation.dataFolder(of: component) }
      let comparison = try Command(["diff", "-r", "--no-dereference"] + folders)
      #expect(comparison.status == 0, "\(comparison.output)\(comparison.errors)")
    }
  }

  @Test func anotherSeedMakesOtherPeopleAndSecrets() throws {
    let one = try DemoSample(seed: 7)
    let two = try DemoSample(seed: 8)
    #expect(try one.query("SELECT email FROM lui_subscribers") != two.query("SELECT email FROM lui_subscribers"))
    let secrets = [try one.secrets(), try two.secrets()]
    #expect(secrets[0].count >= 30)
    #expect(secrets[0].isDisjoint(with: secrets[1]))
    #expect(secrets[0].allSatisfy { $0.utf8.count >= 12 })
  }

  @Test func anotherMomentMovesTheDueDates() throws {
    let one = try DemoSample(seed: 7)
    let two = try DemoSample(seed: 7, now: DemoSample.now + 86_400)
    let query = "SELECT min(due_at), max(due_at) FROM lui_outbox"
    #expect(try one.query(query) == "2026-11-24 20:34:05|2028-04-07 21:34:05\n")
    #expect(try two.query(query) == "2026-11-25 20:34:05|2028-04-08 21:34:05\n")
  }

  @Test func sizesAreAsAskedAndNoTableIsEmpty() throws {
    let sample = try DemoSample()
    #expect(try sample.query("SELECT count(*), max(id) FROM lui_subscribers") == "600|600\n")
    #expect(try sample.query("SELECT count(*), max(id) FROM trk_events") == "900|900\n")
    for table in SystemSchema.tables {
      #expect(try sample.query("SELECT count(*) > 0 FROM \(table.name)") == "1\n", "\(table.name)")
      for column in table.columns where !DemoTests.neverFilled.contains("\(table.name).\(column.name)") {
        let filled = "SELECT count(*) > 0 FROM \(table.name) WHERE \(column.name) IS NOT NULL"
        #expect(try sample.query(filled) == "1\n", "\(table.name).\(column.name)")
      }
    }
  }

  // Only a test-bed backup writes it.
  private static let neverFilled: Set = ["lui_jobs.origin"]

  @Test func whatRefersIsThere() throws {
    let sample = try DemoSample()
    #expect(try sample.query("PRAGMA integrity_check") == "ok\n")
    #expect(try sample.query("PRAGMA foreign_key_check") == "")
    let queued =
      "SELECT group_concat(id) FROM (SELECT id FROM lui_jobs WHERE state IN ('scheduled', 'sending') ORDER BY id)"
    let outbox = "SELECT group_concat(job_id) FROM (SELECT job_id FROM lui_outbox ORDER BY job_id)"
    #expect(try sample.query(outbox) == sample.query(queued))
    for wrong in [
      "trk_events e LEFT JOIN lui_jobs j ON j.id = e.job_id WHERE j.id IS NULL OR j.sent_count = 0",
      "trk_events e LEFT JOIN trk_urls u ON u.id = e.url_id AND u.job_id = e.job_id WHERE e.url_id IS NOT NULL AND u.id IS NULL",
      "trk_events WHERE (kind = 'click') <> (url_id IS NOT NULL)",
      "trk_events e JOIN lui_subscribers s ON s.id = e.subscriber_id WHERE s.email IS NOT e.email",
      "trk_events WHERE (subscriber_id IS NULL) <> (email IS NULL)",
      "trk_events e LEFT JOIN lui_subscribers s ON s.id = e.subscriber_id WHERE e.subscriber_id IS NOT NULL AND s.id IS NULL",
      "trk_events e JOIN lui_jobs j ON j.id = e.job_id WHERE e.occurred_at < j.scheduled_at OR e.occurred_at > '2026-11-24 21:34:05'",
      "lui_recipients WHERE email NOT IN (SELECT email FROM lui_subscribers)",
      "lui_jobs WHERE sent_count > recipient_count OR created_at > scheduled_at OR modified_at < created_at",
      "lui_subscribers WHERE joined_at IS NOT strftime('%Y-%m-%d %H:%M:%S', joined_at)",
      "lui_profile_values WHERE field_id = 1 AND value IS NOT strftime('%Y-%m-%d', value)",
    ] {
      #expect(try sample.query("SELECT count(*) FROM \(wrong)") == "0\n", "\(wrong)")
    }
  }

  @Test func jobsAreInAllStatesAndOfAllKinds() throws {
    let sample = try DemoSample()
    #expect(
      try sample.query("SELECT DISTINCT state FROM lui_jobs ORDER BY state")
        == "authorised\ndelivered\ndraft\nfailed\nrevoked\nscheduled\nsending\n")
    for present in [
      "state = 'scheduled' AND scheduled_at = '2026-11-24 21:36:05'",
      "state = 'scheduled' AND scheduled_at = '2026-11-24 20:34:05'",
      "state = 'scheduled' AND scheduled_at > '2028'", "state = 'scheduled' AND repeat_rule IS NOT NULL",
      "state = 'scheduled' AND trigger_event IS NOT NULL", "state = 'scheduled' AND date_field IS NOT NULL",
      "state = 'sending' AND sent_count BETWEEN 1 AND recipient_count - 1",
      "state = 'scheduled' AND connection_id IS NOT NULL",
      "state = 'scheduled' AND recipient_list_id IN (SELECT id FROM lui_recipient_lists WHERE connection_id IS NOT NULL)",
      "body_text LIKE '%maestro-prod.example%'",
    ] {
      #expect(try sample.query("SELECT count(*) > 0 FROM lui_jobs WHERE \(present)") == "1\n", "\(present)")
    }
  }

  @Test func filesAndFoldersAreThereAndClosed() throws {
    let sample = try DemoSample()
    // First of all: a reader of the database makes a -shm file.
    #expect(try FileSystem.textNames(in: sample.folder["demo/production-database"]) == ["maestro.sqlite"])
    #expect(try FileSystem.textNames(in: sample.folder["demo/test-server/database"]) == ["maestro.sqlite"])
    let backupFolder = try sample.query("SELECT value FROM hub_settings WHERE name = 'lui.backup.folder'").dropLast()
    #expect(backupFolder == sample.folder["demo/share/lui-backup"])
    #expect(FileSystem.isFolder(String(backupFolder)))
    #expect(try FileSystem.status(sample.database)?.st_mode == 0o100600)
    #expect(try Command(["find", sample.folder["demo"], "-type", "d", "!", "-perm", "0700"]).output == "")
    #expect(
      try FileSystem.textNames(in: sample.folder["demo"]) == [
        "production", "production-database", "share", "test-server",
      ])
    #expect(try sample.query("PRAGMA journal_mode") == "wal\n")
  }

  @Test func theAdministratorLogsInToBoth() throws {
    let sample = try DemoSample()
    for folder in [sample.installation.folder, sample.folder["demo/test-server"]] {
      let accounts = HubAccounts(try Installation.locate(folder).openDatabase(.readOnly))
      #expect(try accounts.verify("admin", "demo-admin"))
      #expect(try !accounts.verify("admin", "demo-admin2"))
    }
  }

  @Test(arguments: ["production", "test-server", "production-database", "share"])
  func nothingIsOverwritten(_ name: String) throws {
    let folder = try TemporaryFolder()
    try FileSystem.makeFolder(folder["demo/\(name)"])
    let error = #expect(throws: AdminError.self) { try Demo.create(folder["demo"], DemoSample.options()) }
    #expect(error?.code == .cannotCreate)
    #expect(error?.location == folder["demo/\(name)"])
    #expect(try FileSystem.textNames(in: folder["demo"]) == [name])
  }

  @Test func aFailureLeavesNothing() throws {
    let folder = try TemporaryFolder()
    // No INI file can hold this name.
    #expect(throws: AdminError.self) { try Demo.create(folder["line\nbreak/demo"], DemoSample.options()) }
    #expect(try FileSystem.textNames(in: folder.path) == [])
    try FileSystem.makeFolder(folder["line\nbreak/other"])
    #expect(throws: AdminError.self) { try Demo.create(folder["line\nbreak"], DemoSample.options()) }
    #expect(try FileSystem.textNames(in: folder["line\nbreak"]) == ["other"])
  }

  @Test func sizesOutOfRangeAreRefused() throws {
    let folder = try TemporaryFolder()
    for change in [
      { $0.subscribers = 0 }, { $0.subscribers = 10_000_001 }, { $0.events = 0 }, { $0.events = 10_000_001 },
      { $0.now = 0 },
    ] as [(inout DemoOptions) -> Void] {
      var options = DemoSample.options()
      change(&options)
      let error = #expect(throws: AdminError.self) { try Demo.create(folder["demo"], options) }
      #expect(error?.code == .usage)
    }
    #expect(try FileSystem.textNames(in: folder.path) == [])
  }

  @Test func theSmallestDemoIsMade() throws {
    let sample = try DemoSample(subscribers: 1, events: 1)
    #expect(try sample.query("PRAGMA foreign_key_check") == "")
    #expect(try sample.query("SELECT count(*) FROM lui_recipients") == "15\n")
  }
}

/// A small demo in a folder of its own.
struct DemoSample {
  /// 2026-11-24 21:34:05 UTC.
  static let now: Int64 = 1_795_556_045
  let folder: TemporaryFolder

  static func options(
    seed: UInt64 = 1, now: Int64 = DemoSample.now, subscribers: Int = 600, events: Int = 900
  ) -> DemoOptions {
    var options = DemoOptions()
    options.subscribers = subscribers
    options.events = events
    options.seed = seed
    options.now = now
    return options
  }

  init(seed: UInt64 = 1, now: Int64 = DemoSample.now, subscribers: Int = 600, events: Int = 900) throws {
    folder = try TemporaryFolder()
    try Demo.create(
      folder["demo"], DemoSample.options(seed: seed, now: now, subscribers: subscribers, events: events))
  }

  var installation: Installation { Installation(folder: folder["demo/production"]) }
  var database: String { folder["demo/production-database/maestro.sqlite"] }

  func query(_ sql: String) throws -> String {
    let command = try Command(["sqlite3", "-readonly", database, sql])
    #expect(command.errors == "")
    return command.output
  }

  /// All tables as SQL, the folder's name replaced.
  func dump() throws -> String { try query(".dump").withoutName(of: folder) }

  func inis() throws -> [String] {
    let own = Component.allCases.map { installation.iniPath(of: $0) }
    let others = ["accountreg", "hubreg", "tomcat.ini"].map { installation.home(of: .hub) + "/" + $0 }
    return try (own + others).map { try Sample.text($0).withoutName(of: folder) }
  }

  /// Names, kinds, modes, times and links of all data files.
  func files() throws -> String {
    let folders = Component.allCases.map { installation.dataFolder(of: $0) }
    let command = try Command(["find"] + folders + ["-printf", "%y %m %T@ %l %p\\n"])
    return command.output.withoutName(of: folder).split(separator: "\n").sorted().joined(separator: "\n")
  }

  /// Everything in database and INI files that calls itself a secret.
  func secrets() throws -> Set<String> {
    let text = try (inis() + [dump()]).joined(separator: "\n")
    let words = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".")) }
    return Set(words.map(String.init).filter { $0.utf8.count > 16 && $0.contains("-secret-") })
  }
}

extension String {
  fileprivate func withoutName(of folder: TemporaryFolder) -> String {
    let name = folder.path.split(separator: "/").last.map(String.init) ?? ""
    return split(separator: name, omittingEmptySubsequences: false).joined(separator: "DIR")
  }
}
