import Administration
import Database
import Runs

/// LISTSERV connections and tracking URLs of groups and accounts in a restored copy: cleared, or set like the default.
public enum OverrideActions {
  /// All of them.
  public static let list: Listing<ConnectionOverrides.Override> = Listing(
    "post-restore overrides", "Overrides", noun: "override", emptyText: "every group and account has the default",
    columns: [
      .init("For", 16) { $0.owner }, .init("What", 12) { $0.title }, .init("Value", 12, value),
      .init("Name", 11, priority: 1) { $0.name },
    ],
    table: [.init("NAME") { $0.name }, .init("FOR") { $0.owner }, .init("WHAT") { $0.title }, .init("VALUE", value)],
    tone: { $0.value.isEmpty ? .warning : .normal }, identity: { $0.name },
    line: { override, _ in "\(override.name), \(override.title) of \(override.owner), \(value(override))" },
    json: { Row(name: $0.name, for: $0.owner, what: $0.title, value: $0.value.isEmpty ? nil : $0.value) },
    plural: "overrides",
    load: { hub, _ in .init(try hub.read { try ConnectionOverrides($0).list() }) }, actions: [clear, like])

  /// Removes overrides, so that the default holds.
  public static let clear = change(
    "clear", "c", "Clear", help: "removes the marked ones, so that the default holds there", done: "Cleared"
  ) { try $0.clear($1) }

  /// Gives overrides the default's values.
  public static let like = change(
    "like-default", "s", "Set like default", help: "gives the marked ones the default's values", done: "Set"
  ) { try $0.setLikeDefault($1) }

  private static func change(
    _ word: String, _ key: Character, _ label: String, help: String, done: String,
    _ body: @escaping @Sendable (ConnectionOverrides, ConnectionOverrides.Override) throws -> Void
  ) -> Action<ConnectionOverrides.Override> {
    let name = "post-restore overrides \(word)"
    return Action(
      name, key, label, help: help, .several,
      confirmation: { chosen, _ in
        .choice(label, "\(label): \(names(chosen))?", yes: label, no: "Keep")
      },
      work: .quick { chosen, hub in
        try hub.change(name, names(chosen)) { database in
          try database.transaction { for one in chosen { try body(ConnectionOverrides(database), one) } }
        }
        return "\(done): \(names(chosen))"
      })
  }

  private struct Row: Encodable {
    let name: String
    let `for`: String
    let what: String
    let value: String?
  }

  @Sendable private static func names(_ overrides: [ConnectionOverrides.Override]) -> String {
    overrides.map { "\($0.name) of \($0.owner)" }.joined(separator: ", ")
  }
  @Sendable private static func value(_ override: ConnectionOverrides.Override) -> String {
    override.value.isEmpty ? "(unset)" : override.value
  }
}
