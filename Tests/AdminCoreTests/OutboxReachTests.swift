import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// What is to be known before the outbox of a copy opens.
@Suite struct OutboxReachTests {
  private let folder: TemporaryFolder
  private let installation: Installation
  private let database: any SystemDatabase

  init() throws {
    folder = try TemporaryFolder()
    installation = try Sample.installation(folder)
    database = try installation.openDatabase(.readWrite)
  }

  private func mark(masked: Bool) throws {
    let hosts = try ["track.prod.example", "192.0.2.7"].map { try #require(HostName($0)) }
    try TestSystem.mark(
      Settings(database), set: Sample.id("20261124213405-AB12"), hosts: [try ProductionHosts(Set(hosts))],
      masksRecipients: masked)
  }

  private func reach() throws -> OutboxReach { try PostRestoreSetup(installation, database).reach() }

  private func fillPeople() throws {
    for statement in [
      "INSERT INTO lui_recipient_lists (id, name) VALUES (1, 'l')",
      "INSERT INTO lui_recipients (id, list_id, email) VALUES (1, 1, 'a@real.example'), (2, 1, 'b@real.example'), (3, 1, '')",
      "INSERT INTO lui_subscribers (id, email) VALUES (1, 'a@real.example'), (2, 'x@example.invalid')",
    ] { try database.execute(statement, []) }
  }

  private func insertLetter(_ id: Int64, _ html: String) throws {
    try database.execute(
      "INSERT INTO lui_jobs (id, title, state, body_html) VALUES (?, 'x', 'draft', ?)", [.integer(id), .text(html)])
  }

  @Test func realAddressesAreCounted() throws {
    try fillPeople()
    #expect(try reach() == OutboxReach())
    try mark(masked: false)
    #expect(try reach().people.map(\.number) == [2, 1])
    #expect(try reach().lines.first?.contains("2 recipients and 1 subscribers") == true)
    try mark(masked: true)
    #expect(try reach().people.isEmpty && reach().lines.isEmpty)
  }

  @Test func lettersThatLeadToProductionAreCounted() throws {
    try mark(masked: true)
    try insertLetter(1, "<a href='https://Track.prod.example/c/1'>x</a> <img src='//track.prod.example/o'>")
    try insertLetter(2, "<a href=\"http://0xc0000207/\">x</a>")
    try insertLetter(3, "<a href='https://elsewhere.example/'>x</a> track.prod.example")
    try database.execute(
      "INSERT INTO trk_urls (id, job_id, url) VALUES (1, 1, 'https://track.prod.example/'), (2, 1, 'https://x.example/')",
      [])
    let reach = try reach()
    #expect(reach.links.map(\.number) == [2, 1] && reach.links.allSatisfy { !$0.isLeast })
    #expect(reach.lines.count == 1 && reach.lines[0].contains("2 letters, 1 tracked URLs"))
  }

  @Test func whereThereAreTooManyHostsTheCountIsTheLeast() throws {
    try mark(masked: true)
    for id in 1...150 { try insertLetter(Int64(id), "https://h\(id).example/ https://track.prod.example/") }
    let links = try reach().links
    #expect(links.map(\.number) == [150] && links[0].isLeast)
  }

  @Test func theChecklistAndTheQuestionSayIt() throws {
    try fillPeople()
    try mark(masked: false)
    let hub = try Hub(installFolder: installation.folder)
    #expect(try PostRestoreActions.status(hub).lines.contains { $0.contains("real addresses") })
    let warning = try OutboxActions.list.load(hub, Moment.now).warnings["outbox open"]
    let question = OutboxActions.open.confirmation([], [])?.warning(of: warning)
    #expect(question?.text.contains("2 recipients") == true)
    #expect(OutboxActions.open.confirmation([], [])?.warning(of: "") == OutboxActions.open.confirmation([], []))
  }
}
