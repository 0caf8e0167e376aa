import Database
import Platform

/// A job's state as a component reads it: whatever its case, with blanks around it, or as bytes.
struct JobState: Equatable {
  /// In lower case, without blanks.
  let word: String

  init(_ value: SQLValue) {
    let text: String
    switch value {
    case .text(let value): text = value
    case .binary(let bytes): text = String(decoding: bytes, as: UTF8.self)
    case .integer(let number): text = String(number)
    case .real(let number): text = String(number)
    case .null: text = ""
    }
    word = String(text.lowercased().filter { !$0.isWhitespace && $0 != "\0" })
  }

  /// Whether such a job is in the outbox.
  var isQueued: Bool { word == "scheduled" || word == "sending" }

  /// Whether it is one of the states that a job has; nobody knows what a component makes of another.
  var isKnown: Bool {
    isQueued || ["draft", "authorised", "authorized", "delivered", "failed", "revoked"].contains(word)
  }
}
