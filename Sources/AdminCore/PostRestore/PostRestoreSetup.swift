import Database
import Installation
import Platform
import TestBed

/// What must be set by hand after a test-bed restore. Nothing is ticked off: each step is done when the system itself
/// says so, so the checklist survives everything.
public struct PostRestoreSetup {
  /// One step.
  public struct Step: Sendable, Equatable {
    /// Which of the steps.
    public enum Kind: Sendable {
      /// Through which LISTSERV mail goes.
      case listservHost
      /// Where opens and clicks are reported.
      case trackingHost
      /// What groups and accounts have instead of those two.
      case overrides
      /// What becomes of production's jobs.
      case outboxReview
      /// Letting the outbox send again.
      case outboxOpening
    }

    /// Which of the steps.
    public let kind: Kind
    /// What it is about.
    public let title: String
    /// Whether it is done.
    public let isDone: Bool
    /// What is set, or what is still to be decided.
    public let detail: String
    /// The command that does it; empty once it is done.
    public let command: String
  }

  /// Whether a step asks a host before it is set.
  public enum HostTest: Sendable {
    /// The host must resolve and its port must answer.
    case connection
    /// The host is set although it may not answer, or resolve, yet. It is never known as one of production's; whether it
    /// has become one is asked again before the outbox opens.
    case none
  }

  private let settings: Settings
  private let outbox: Outbox
  private let installation: Installation

  /// The set-up of an installation over its open database.
  public init(_ installation: Installation, _ database: any SystemDatabase) {
    self.installation = installation
    settings = Settings(database)
    outbox = Outbox(database)
  }

  /// The mark of a restored copy; nil on any other system.
  public func testSystem() throws -> TestSystem? { try TestSystem(settings) }

  /// Whom the mails of a restored copy would reach; nobody on any other system.
  public func reach() throws -> OutboxReach {
    guard let system = try testSystem() else { return OutboxReach() }
    return try OutboxReach(settings.database, system)
  }

  /// What is to be known of this copy besides the checklist, in sentences.
  public func remarks() throws -> [String] {
    guard let system = try testSystem() else { return [] }
    let unresolved = system.unresolvedHosts
    let hosts =
      unresolved == 0
      ? []
      : [
        "\(unresolved) of production's hosts did not resolve when the backup was made: under other names, or by their addresses, they are not recognised here. The backup's report names them."
      ]
    return try reach().lines + hosts
  }

  /// The checklist.
  public func steps(now: Int64 = Moment.now) throws -> [Step] {
    let listserv = try settings.value("lui.listserv.host")
    let port = try settings.value("lui.listserv.port")
    let tracking = try settings.value("trk.tracking.host")
    let jobs = try outbox.jobs(now: now)
    let undecided = jobs.filter(\.isUndecided).count
    let isOpen = try outbox.isOpen()
    func step(_ kind: Step.Kind, _ title: String, _ isDone: Bool, _ detail: String, _ command: String) -> Step {
      Step(kind: kind, title: title, isDone: isDone, detail: detail, command: isDone ? "" : command)
    }
    let overrides = try ConnectionOverrides(settings.database).list()
    let unset = overrides.filter(\.value.isEmpty)
    return [
      step(
        .listservHost, "LISTSERV host", listserv != nil,
        listserv.map { $0 + (port.map { ":\($0)" } ?? "") } ?? "not set",
        "hubtui post-restore listserv-host HOST[:PORT]"),
      step(
        .trackingHost, "Tracking host", tracking != nil, tracking ?? "not set", "hubtui post-restore tracking-host HOST"
      ),
      step(
        .overrides, "Overrides", unset.isEmpty,
        unset.isEmpty
          ? "\(overrides.count) of groups and accounts, all set"
          : "\(unset.count) of \(overrides.count) are unset, of groups and accounts",
        "hubtui post-restore overrides, then clear or like-default"),
      step(
        .outboxReview, "Outbox review", undecided == 0,
        undecided == 0
          ? "\(jobs.count) jobs queued, none of production's, none overdue"
          : "\(undecided) of \(jobs.count) queued jobs to decide",
        "hubtui outbox list, then revoke or delete"),
      step(
        .outboxOpening, "Outbox", isOpen, isOpen ? "Sending is enabled" : Outbox.disabledText,
        "hubtui outbox open, when the test server is to send"),
    ].filter { $0.kind != .overrides || !overrides.isEmpty }
  }

  /// Sets the LISTSERV host.
  ///
  /// - Parameter address: `HOST` or `HOST:PORT`; the port is 2306 unless given.
  /// - Throws: `AdminError`, with its subject: `usage` for what can be no host or port, `unavailable` for a host that
  ///   does not resolve or a port that does not answer, `refused` for a host of production.
  public func setListservHost(_ address: String, _ test: HostTest) throws {
    let (host, port) = try PostRestoreSetup.parse(address, defaultPort: 2306)
    try check(host, port, test, for: "LISTSERV host", retry: "hubtui post-restore listserv-host")
    try settings.database.transaction {
      try settings.store("lui.listserv.host", host.description)
      try settings.store("lui.listserv.port", String(port))
    }
  }

  /// Sets the tracking host, and the public URL when one is given.
  ///
  /// - Throws: as `setListservHost`; for the public URL what `Settings.set` throws.
  public func setTrackingHost(_ address: String, publicURL: String?, _ test: HostTest) throws {
    let defaultPort = try installation.address(of: .trk)?.port ?? Component.trk.defaultPort
    let (host, port) = try PostRestoreSetup.parse(address, defaultPort: defaultPort)
    try check(host, port, test, for: "tracking host", retry: "hubtui post-restore tracking-host")
    try settings.database.transaction {
      if let publicURL { try settings.set("trk.tracking.public-url", to: publicURL) }
      try settings.store("trk.tracking.host", host.description)
    }
  }

  /// A host and port as an operator types them; an IPv6 address with a port stands in brackets.
  package static func parse(_ text: String, defaultPort: Int) throws -> (HostName, Int) {
    var name = text
    var port = defaultPort
    let colons = text.filter { $0 == ":" }.count
    if colons == 1 || text.hasPrefix("[") && text.contains("]:"), let colon = text.lastIndex(of: ":") {
      name = String(text[..<colon])
      let digits = text[text.index(after: colon)...]
      guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(digits), (1...65535).contains(number)
      else {
        throw AdminError(
          .usage, "the port must be from 1 to 65535", at: text, about: .port, next: "give HOST or HOST:PORT")
      }
      port = number
    }
    guard let host = HostName(name) else {
      throw AdminError(
        .usage, "not a host name or address", at: text, about: .host, next: "give HOST or HOST:PORT")
    }
    return (host, port)
  }

  private func check(_ host: HostName, _ port: Int, _ test: HostTest, for purpose: String, retry: String) throws {
    let isOpen = try outbox.isOpen()
    if let system = try testSystem() {
      try AdminError.about(.host) { try system.refuseProduction(host, for: purpose, mustResolve: isOpen) }
    }
    guard test == .connection else { return }
    guard try AdminError.about(.host, { try PortProbe.answers(host, port: port) }) else {
      throw AdminError(
        .unavailable, "the \(purpose) does not answer on port \(port)", at: host.description, about: .port,
        next: "check host and port, or set it without a connection test: \(retry) \(host):\(port) --untested")
    }
  }
}
