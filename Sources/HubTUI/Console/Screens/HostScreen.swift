import AdminCore
import TUIKitLite

/// LISTSERV host and tracking host: asked whether they answer before they are set, and never production's.
enum HostScreen {
  static let listserv = FormDescription(
    "LISTSERV Connection",
    intro: "Through this LISTSERV every mail is sent. On a test system it must be one that is meant for testing.",
    fields: { context in
      try context.hub.read { database in
        let settings = Settings(database)
        let host = try settings.value("lui.listserv.host") ?? ""
        let port = try settings.value("lui.listserv.port") ?? "2306"
        return [hostField(host), portField(port), testField]
      }
    },
    store: { answers, context in
      let address = try address(answers)
      try setting(context, "post-restore listserv-host", address) {
        try $0.setListservHost(address, answers["test"] == "yes" ? .connection : .none)
      }
      return "LISTSERV host: \(address)"
    })

  static let tracking = FormDescription(
    "Tracking Host",
    intro:
      "Opens and clicks in this system's mails are reported to this host. On a test system it must not be production's.",
    fields: { context in
      try context.hub.read { database in
        let settings = Settings(database)
        let port = try context.hub.installation.address(of: .trk)?.port ?? Component.trk.defaultPort
        return [
          hostField(try settings.value("trk.tracking.host") ?? ""), portField(String(port)),
          .text(
            "url", "Public URL", try settings.value("trk.tracking.public-url") ?? "", limit: 2000,
            help: "This system's URL in mails, such as https://track-test.example/t; empty is unset."
          ) {
            $0.isEmpty
              ? nil : SettingCatalogue["trk.tracking.public-url"]?.objection(to: $0).map { "this \($0)" }
          }, testField,
        ]
      }
    },
    store: { answers, context in
      let address = try address(answers)
      let url = answers["url"] ?? ""
      try setting(context, "post-restore tracking-host", address) {
        try $0.setTrackingHost(
          address, publicURL: url, answers["test"] == "yes" ? .connection : .none)
      }
      return "Tracking host: \(address)"
    })

  private static func hostField(_ value: String) -> FormField {
    .text("host", "Host", value, limit: 1000, help: "A name or an address.") { text in
      text.isEmpty
        ? "type a host name or an address" : HostName(text) == nil ? "this is not a host name or address" : nil
    }
  }

  private static func portField(_ value: String) -> FormField {
    FormField("port", "Port", .number(TextInput(value, limit: 5), 1...65535))
  }

  private static var testField: FormField {
    FormField(
      "test", "Connection test", .toggle(true),
      help: "Host and port must answer before they are stored; switch it off for a host that is not up yet.")
  }

  private static func address(_ answers: [String: String]) throws -> String {
    let host = HostName(answers["host"] ?? "")?.description ?? ""
    return "\(host.contains(":") ? "[\(host)]" : host):\(answers["port"] ?? "")"
  }

  private static func setting(
    _ context: ConsoleContext, _ action: String, _ address: String, _ body: (PostRestoreSetup) throws -> Void
  ) throws {
    do {
      try context.hub.change(action, address) { try body(PostRestoreSetup(context.hub.installation, $0)) }
    } catch let error as AdminError {
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
