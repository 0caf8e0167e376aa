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

  init() throws {
    folder = try TemporaryFolder()
    database = try Sample.installation(folder).openDatabase(.readWrite)
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
    let error = Sample.error { try outbox.open() }
    #expect(error?.code == .refused && error?.what.contains("job 7") == true)
    #expect(try !outbox.isOpen())
    try outbox.revoke([7])
    try outbox.open()
    #expect(try outbox.isOpen())
    try outbox.close()
    #expect(try !outbox.isOpen() && Settings(database).stored("lui.outbox.sending") == "disabled")
  }

  @Test func overdueJobsKeepItClosed() throws {
    try queue(1, due: "2020-01-01 00:00:00")
    #expect(Sample.error { try outbox.open() }?.what.contains("overdue") == true)
    try outbox.delete([1])
    try outbox.open()
  }

  @Test func aScheduledJobWithoutAPlaceInTheQueueCounts() throws {
    try database.execute(
      "INSERT INTO lui_jobs(id, title, state, origin) VALUES(3, 'caught', 'scheduled', '20261124213405-AB12'), (4, 'sent', 'delivered', '20261124213405-AB12')",
      [])
    #expect(try outbox.jobs().map(\.id) == [3])
    #expect(Sample.error { try outbox.open() }?.code == .refused)
    #expect(Sample.error { try outbox.revoke([4]) }?.code == .usage)
    try outbox.revoke([3])
    #expect(try states() == ["revoked", "delivered"])
    try outbox.open()
  }

  @Test func theQueueIsInOrderOfTime() throws {
    try queue(1, due: "2099-01-02 00:00:00")
    try queue(2, due: "2020-01-01 00:00:00", origin: "x")
    let jobs = try outbox.jobs(now: try #require(Moment.parse("2020-01-01T00:00:00Z")))
    #expect(jobs.map(\.id) == [2, 1] && jobs.map(\.isOverdue) == [true, false] && jobs[0].origin == "x")
  }
}
