import Administration
import Archive
import Installation
import Platform
import Runs
import TestBed

/// LISTSERV host and tracking host: asked whether they answer before they are set, and never production's.
public enum HostForms {
  /// The words of the two commands.
  public static let listservName = "post-restore listserv-host"
  /// See `listservName`.
  public static let trackingName = "post-restore tracking-host"

  /// Sets the LISTSERV host and says so.
  ///
  /// - Throws: what `PostRestoreSetup` throws.
  public static func setListserv(_ address: String, _ test: PostRestoreSetup.HostTest, _ hub: Hub) throws -> String {
    try hub.change(listservName, address) {
      try PostRestoreSetup(hub.installation, $0).setListservHost(address, test)
    }
    return "LISTSERV host: \(address)"
  }

  /// Sets the tracking host and says so.
  ///
  /// - Throws: what `PostRestoreSetup` throws.
  public static func setTracking(
    _ address: String, publicURL: String?, _ test: PostRestoreSetup.HostTest, _ hub: Hub
  ) throws -> String {
    try hub.change(trackingName, address) {
      try PostRestoreSetup(hub.installation, $0).setTrackingHost(address, publicURL: publicURL, test)
    }
    return "Tracking host: \(address)"
  }

  /// The form of the LISTSERV host.
  public static let listserv = FormDescription(
    "LISTSERV Connection",
    intro:
      "Through this LISTSERV every mail is sent, test deliveries too: they come before the authorisation of a job and really send. On a test system it must be one that is meant for testing; the safest one has no MAESTRO scope in its licence and only simulates delivery.",
    questions: { hub in
      try hub.read { database in
        let settings = Settings(database)
        let host = try settings.value("lui.listserv.host") ?? ""
        let port = try settings.value("lui.listserv.port") ?? "2306"
        return [hostQuestion(host), portQuestion(port), testQuestion]
      }
    },
    store: { answers, hub in try rejecting { try setListserv(address(answers), test(answers), hub) } })

  /// The form of the tracking host.
  public static let tracking = FormDescription(
    "Tracking Host",
    intro:
      "Opens and clicks in this system's mails are reported to this host. On a test system it must not be production's.",
    questions: { hub in
      try hub.read { database in
        let settings = Settings(database)
        let port = try hub.installation.address(of: .trk)?.port ?? Component.trk.defaultPort
        return [
          hostQuestion(try settings.value("trk.tracking.host") ?? ""), portQuestion(String(port)),
          Question(
            "url", "Public URL", .text(try settings.value("trk.tracking.public-url") ?? "", limit: 2000),
            help: "This system's URL in mails, such as https://track-test.example/t; empty is unset."
          ) {
            $0.isEmpty ? nil : SettingCatalogue["trk.tracking.public-url"]?.objection(to: $0).map { "this \($0)" }
          }, testQuestion,
        ]
      }
    },
    store: { answers, hub in
      try rejecting { try setTracking(address(answers), publicURL: answers["url"] ?? "", test(answers), hub) }
    })

  private static func hostQuestion(_ value: String) -> Question {
    Question("host", "Host", .text(value, limit: 1000), help: "A name or an address.") { text in
      text.isEmpty
        ? "type a host name or an address" : HostName(text) == nil ? "this is not a host name or address" : nil
    }
  }

  private static func portQuestion(_ value: String) -> Question { Question("port", "Port", .number(value, 1...65535)) }

  private static var testQuestion: Question {
    Question(
      "test", "Connection test", .toggle(true),
      help: "Host and port must answer before they are stored; switch it off for a host that is not up yet.")
  }

  private static func test(_ answers: Answers) -> PostRestoreSetup.HostTest {
    answers["test"] == "yes" ? .connection : .none
  }

  private static func address(_ answers: Answers) -> String {
    let host = HostName(answers["host"] ?? "")?.description ?? ""
    return "\(host.contains(":") ? "[\(host)]" : host):\(answers["port"] ?? "")"
  }

  private static func rejecting(_ body: () throws -> String) throws -> String {
    do { return try body() } catch let error as AdminError {
      let field: String
      switch error.subject {
      case .host?: field = "host"
      case .port?: field = "port"
      case .setting?: field = "url"
      case nil: throw error
      }
      let next =
        error.code == .unavailable
        ? "correct it, or switch the connection test off" : "give one that is meant for testing"
      throw FormDescription.Rejection(field: field, problem: "\(error.what); \(next)")
    }
  }
}
