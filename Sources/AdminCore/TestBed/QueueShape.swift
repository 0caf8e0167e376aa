import Database
import Detection
import Installation

/// Tells a table of which nobody knows the program by what a send queue has: a state, a time that is due, and somebody who
/// gets something. A copy of it may send by itself.
enum QueueShape {
  /// What a report says of such a table.
  static let reason = "looks like a queue of another program: a state, a due time and a recipient; it may send"

  /// Whether an unknown table has the columns of a queue.
  static func fits(_ table: TableSchema) -> Bool {
    guard !SystemSchema.tables.contains(where: { $0.name == table.name }) else { return false }
    var found: Set<Part> = []
    for column in table.columns {
      let words = Set(FieldName.words(of: column.name))
      if !words.isDisjoint(with: states) { found.insert(.state) }
      if !words.isDisjoint(with: times),
        [.date, .time, .timestamp, .instant, .integer, .numeric, .text].contains(column.type)
      {
        found.insert(.due)
      }
      if !words.isDisjoint(with: recipients) { found.insert(.recipient) }
    }
    return found.count == 3
  }

  private enum Part { case state, due, recipient }

  private static let states: Set = [
    "state", "status", "phase", "stage", "sent", "delivered", "processed", "done", "attempts", "tries", "retries",
    "pending",
    "locked", "picked", "zustand",
  ]
  private static let times: Set = [
    "due", "scheduled", "schedule", "send", "sending", "deliver", "delivery", "planned", "next", "run", "eta", "when",
    "after", "faellig", "start", "execute", "process", "available", "queued", "enqueued",
  ]
  private static let recipients: Set = [
    "email", "mail", "recipient", "recipients", "to", "rcpt", "phone", "msisdn", "mobile", "sms", "address",
    "subscriber",
    "contact", "telefon", "tel", "receiver", "destination", "empfaenger", "number", "customer",
  ]
}
