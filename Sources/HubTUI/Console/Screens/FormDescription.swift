import AdminCore
import TUIKitLite

/// A form over the installation, as the console's screens and the plain mode both ask it.
struct FormDescription: Sendable {
  /// What is wrong with which field.
  struct Rejection: Error, Sendable {
    let field: String
    let problem: String
  }

  let title: String
  /// What the form is for; empty when the title says it.
  let intro: String
  /// Makes the fields with their present answers.
  let fields: @Sendable (ConsoleContext) throws -> [FormField]
  /// Stores the answers, by field name, and gives a word for the status line; throws a `Rejection` for what is wrong with
  /// one field.
  let store: @Sendable ([String: String], ConsoleContext) throws -> String

  init(
    _ title: String, intro: String = "", fields: @escaping @Sendable (ConsoleContext) throws -> [FormField],
    store: @escaping @Sendable ([String: String], ConsoleContext) throws -> String
  ) {
    self.title = title
    self.intro = intro
    self.fields = fields
    self.store = store
  }
}
