import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

@Suite struct OutboxTests {
  private let folder: TemporaryFolder
  private let database: any SystemDatabase
  private let outbox: Outbox
  private let installation: Installation

  init() throws {
    folder = try TemporaryFolder()
    installation = try Sample.installation(folder)
    database = try installation.openDatabase(.readWrite)
    outbox = Outbox(database)
  }

  private func queue(_ id: Int64, due: String = "2099-01-01 00:00:00", origin: String? = nil) throws {
    try database.execute(
      "INSERT INTO lui_jobs(id, title, state, origin) VALUES(?, 'job', 'scheduled', ?)",
      [.integer(id), SQLValue(origin)])
    try database.execute("INSERT INTO lui_outbox(job_id, due_at) VALUES(?, ?)", [.integer(id), .text(due)])
  }

  private func states() throws -> [String?] {
    try database.query("SELECT state FROM lui_jobs ORDER BY id").map { $0[0].text }
  }

  @Test func revokingIsAllOrNothing() throws {
    for id in 1...3 { try queue(Int64(id)) }
    #expect(Sample.error { try outbox.revoke([1, 2, 9]) }?.location == "job 9")
    #expect(Sample.error { try outbox.revoke([1, 1]) } != nil)
    #expect(try outbox.jobs().count == 3 && states() == ["scheduled", "scheduled", "scheduled"])
    try outbox.revoke([1, 3])
    #expect(try outbox.jobs().map(\.id) == [2] && states() == ["revoked", "scheduled", "revoked"])
  }

  @Test func deletingTakesWhatBelongsToTheJobAndNothingElse() throws {
    for id in 1...2 {
      try queue(Int64(id))
      try database.execute("INSERT INTO lui_attachments(job_id, file_name) VALUES(\(id), 'a')", [])
      try database.execute("INSERT INTO trk_urls(id, job_id, url) VALUES(\(id), \(id), 'u')", [])
      try database.execute("INSERT INTO trk_events(job_id, url_id, kind) VALUES(\(id), \(id), 'click')", [])
    }
    #expect(Sample.error { try outbox.delete([1, 9]) } != nil)
    #expect(try database.query("SELECT count(*) FROM trk_events") == [[2]])
    try outbox.delete([1])
    for table in ["lui_jobs", "lui_outbox", "lui_attachments", "trk_urls", "trk_events"] {
      #expect(try database.query("SELECT count(*) FROM \(table)") == [[1]], "\(table)")
    }
  }

  @Test func aForeignTableThatRefersToTheJobKeepsAllOfIt() throws {
    try queue(1)
    try database.execute("CREATE TABLE site(job INTEGER REFERENCES lui_jobs(id))", [])
    try database.execute("INSERT INTO site VALUES(1)", [])
    #expect(Sample.error { try outbox.delete([1]) } != nil)
    #expect(try outbox.jobs().count == 1)
  }

  @Test func productionsJobsKeepItClosed() throws {
    try queue(5)
    try queue(7, origin: "20261124213405-AB12")
    let error = Sample.error { try outbox.open(installation) }
    #expect(error?.code == .refused && error?.what.contains("job 7") == true)
    #expect(try !outbox.isOpen())
    try outbox.revoke([7])
    try outbox.open(installation)
    #expect(try outbox.isOpen())
    try outbox.close()
    #expect(try !outbox.isOpen() && Settings(database).stored("lui.outbox.sending") == "disabled")
  }

  @Test func overdueJobsKeepItClosed() throws {
    try queue(1, due: "2020-01-01 00:00:00")
    #expect(Sample.error { try outbox.open(installation) }?.what.contains("overdue") == true)
    try outbox.delete([1])
    try outbox.open(installation)
  }

  @Test func aScheduledJobWithoutAPlaceInTheQueueCounts() throws {
    try database.execute(
      "INSERT INTO lui_jobs(id, title, state, origin) VALUES(3, 'caught', 'scheduled', '20261124213405-AB12'), (4, 'sent', 'delivered', '20261124213405-AB12')",
      [])
    #expect(try outbox.jobs().map(\.id) == [3])
    #expect(Sample.error { try outbox.open(installation) }?.code == .refused)
    #expect(Sample.error { try outbox.revoke([4]) }?.code == .usage)
    try outbox.revoke([3])
    #expect(try states() == ["revoked", "delivered"])
    try outbox.open(installation)
  }

  @Test func theQueueIsInOrderOfTime() throws {
    try queue(1, due: "2099-01-02 00:00:00")
    try queue(2, due: "2020-01-01 00:00:00", origin: "x")
    let jobs = try outbox.jobs(now: try #require(Moment.parse("2020-01-01T00:00:00Z")))
    #expect(jobs.map(\.id) == [2, 1] && jobs.map(\.isOverdue) == [true, false] && jobs[0].origin == "x")
  }

  @Test(arguments: [
    "2020-01-01 00:00:00.000", "2020-01-01 00:00:00.000000", "2020-01-01T00:00:00", "2020-01-01T00:00:00Z",
    "2020-01-01 00:00:00+00", "2020-01-01 00:00:00 +00:00", "2020-01-01 00:00", "2020-01-01", "1577836800",
    "1577836800000", "1577836800000000", "01.01.2020 00:00", "Jan 1 2020", "2099-13-01", "2099-01-01 later",
    "2099-01-01 00:00:00+", "never", " ",
  ])
  func aTimeThatHasPassedOrCannotBeUnderstoodIsOverdue(due: String) throws {
    try queue(1, due: due)
    #expect(try outbox.jobs().map(\.isOverdue) == [true])
    #expect(Sample.error { try outbox.open(installation) }?.what.contains("overdue") == true)
  }

  @Test(arguments: [
    "2099-01-01 00:00:00", "2099-01-01T00:00:00.5Z", "2099-01-01 00:00+02:00", "2099-01-01", "4070908800",
    "4070908800000",
  ])
  func aTimeToComeIsNotOverdue(due: String) throws {
    try queue(1, due: due)
    #expect(try outbox.jobs().map(\.isOverdue) == [false])
    try outbox.open(installation)
  }

  @Test func anOffsetFromUTCCounts() throws {
    let now = try #require(Moment.parse("2030-01-01T00:00:00Z"))
    try queue(1, due: "2030-01-01 01:30:00+02:00")
    try queue(2, due: "2029-12-31 23:30:00-01:00")
    let jobs = try outbox.jobs(now: now)
    #expect(jobs.first { $0.id == 1 }?.isOverdue == true && jobs.first { $0.id == 2 }?.isOverdue == false)
  }

  @Test func aQueuedJobWithoutATimeIsOverdueUnlessSomethingElseStartsIt() throws {
    try database.execute(
      "INSERT INTO lui_jobs(id, title, state, trigger_event) VALUES (1, 'a', 'scheduled', NULL), (2, 'b', 'scheduled', 'join')",
      [])
    try database.execute("INSERT INTO lui_outbox(job_id, due_at) VALUES (1, NULL), (2, NULL)", [])
    #expect(try outbox.jobs().map(\.isOverdue) == [true, false])
    // The job's own time stands for the one that the queue has not.
    try database.execute("UPDATE lui_jobs SET scheduled_at = '2099-01-01 00:00:00' WHERE id = 1", [])
    try outbox.open(installation)
  }

  @Test func aRowWithoutItsJobKeepsItClosedAndCanBeDecided() throws {
    try database.execute("PRAGMA foreign_keys = OFF", [])
    for id in [777_777, 777_778] {
      try database.execute(
        "INSERT INTO lui_outbox(job_id, due_at) VALUES (?, '2099-01-01 00:00:00')", [.integer(Int64(id))])
    }
    #expect(try outbox.jobs().map(\.isOrphan) == [true, true])
    let error = Sample.error { try outbox.open(installation) }
    #expect(error?.code == .refused && error?.what.contains("777777") == true)
    try outbox.revoke([777_777])
    try outbox.delete([777_778])
    #expect(try database.query("SELECT count(*) FROM lui_outbox") == [[0]])
    try outbox.open(installation)
  }

  @Test(arguments: ["SENDING ", "Scheduled", " scheduled\n", "sending"])
  func aStateInAnotherSpellingIsTheDangerousOne(state: String) throws {
    for (id, value) in [(1, SQLValue.text(state)), (2, .binary(Array(state.utf8)))] {
      try database.execute(
        "INSERT INTO lui_jobs(id, title, state, origin) VALUES (?, 'x', ?, 'set')", [.integer(Int64(id)), value])
    }
    #expect(try outbox.jobs().map(\.id) == [1, 2])
    #expect(Sample.error { try outbox.open(installation) }?.code == .refused)
    try outbox.revoke([1, 2])
    #expect(try states() == ["revoked", "revoked"])
    try outbox.open(installation)
  }

  @Test func onACopyAStateThatNobodyKnowsIsDecidedToo() throws {
    try database.execute("INSERT INTO lui_jobs(id, title, state) VALUES (1, 'x', 'resuming'), (2, 'y', 'draft')", [])
    #expect(try outbox.jobs().isEmpty)
    try mark()
    let jobs = try outbox.jobs()
    #expect(jobs.map(\.id) == [1] && jobs.first?.states.contains("unknown state resuming") == true)
    #expect(Sample.error { try outbox.open(installation) }?.code == .refused)
  }

  @Test func withoutAColumnForTheOriginAllJobsOfACopyAreProductions() throws {
    try database.execute("ALTER TABLE lui_jobs DROP COLUMN origin", [])
    try database.execute("ALTER TABLE lui_jobs DROP COLUMN modified_at", [])
    try database.execute(
      "INSERT INTO lui_jobs(id, title, state, scheduled_at) VALUES (1, 'x', 'scheduled', '2099-01-01 00:00:00')", [])
    #expect(try outbox.jobs().map(\.origin) == [nil])
    try mark()
    #expect(try outbox.jobs().map(\.origin) == ["20261124213405-AB12"])
    #expect(Sample.error { try outbox.open(installation) }?.what.contains("production's jobs") == true)
    #expect(try !PostRestoreSetup(installation, database).steps()[2].isDone)
    try outbox.revoke([1])
    try outbox.open(installation)
  }

  @Test(arguments: ["enabled", "ENABLED ", "true", "1"])
  func whateverDoesNotSayThatSendingIsDisabledIsOpen(value: String) throws {
    for stored in [SQLValue.text(value), .binary(Array(value.utf8))] {
      try database.execute("DELETE FROM hub_settings WHERE name LIKE '%outbox%'", [])
      #expect(try !outbox.isOpen())
      try database.execute(
        "INSERT INTO hub_settings(name, value) VALUES ('lui.outbox.sending', 'disabled'), ('LUI.Outbox.Sending ', ?)",
        [stored])
      #expect(try outbox.isOpen())
      try outbox.close()
      #expect(try !outbox.isOpen())
    }
  }

  private func mark() throws {
    try TestSystem.mark(
      Settings(database), set: try Sample.id("20261124213405-AB12"), hosts: [try ProductionHosts([])])
  }
}
