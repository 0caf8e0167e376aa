import Platform
import Runs
import TestBed

/// What a preview found, answered on the spot: each answer is a line of the site's rules file at once.
public enum FindingActions {
  /// A finding with its answer so far.
  public struct Item: Sendable {
    /// Its number in the preview, from 1.
    public let number: Int
    /// What looks dangerous.
    public let finding: Finding
    /// What the rules file says of it; nil for nothing.
    public let answer: Answer?
  }

  /// The findings of a preview with the answers that the rules file has now.
  public static func list(of preview: BackupPreview) -> Listing<Item> {
    let findings = preview.findings
    return Listing(
      "rules check", "Findings", noun: "finding", emptyText: "nothing looks dangerous that no rule covers",
      columns: [
        .init("Place", 24) { $0.finding.place }, .init("Looks like", 14, priority: 1) { $0.finding.reason },
        .init("Answer", 10) { $0.answer?.shown ?? "-" },
      ],
      table: [
        .init("PLACE") { $0.finding.place }, .init("REASON") { $0.finding.reason },
        .init("ANSWER") { $0.answer?.shown ?? "-" },
      ],
      tone: { $0.answer == nil ? .danger : .good }, identity: { "\($0.number) \($0.finding.place)" },
      line: { item, _ in
        "\(item.number) \(item.finding.place), looks like \(item.finding.reason), \(item.answer.map { "answered: \($0.shown)" } ?? "unanswered")"
      },
      json: { Row(place: $0.finding.place, reason: $0.finding.reason, answer: $0.answer?.shown) }, plural: "findings",
      load: { hub, _ in
        let file = try RulesFile(hub.installation.rulesPath)
        let items = findings.enumerated().map { index, finding in
          Item(number: index + 1, finding: finding, answer: file.answer(to: finding)?.answer)
        }
        return .init(items, headline: progress(items))
      }, actions: [details, remove, set, leaveOut, harmless])
  }

  /// How far the answers are, in words.
  public static func progress(_ items: [Item]) -> String {
    let answered = items.count { $0.answer != nil }
    return "\(answered) of \(items.count) answered"
  }

  private static let details: Action<Item> = Action(
    "rules check", nil, "Details", help: "what it looks like, and the line of each answer",
    work: .show { items in
      let finding = items[0].finding
      let lines =
        [
          "\(finding.place)", "", "looks like \(finding.reason)", "",
          "Its answers, as lines of hub/test-bed-rules.yaml:",
        ]
        + [Answer.remove, .set("VALUE"), .leaveOut, .harmless(because: "say why")]
        .filter { finding.objection(to: $0) == nil }.map { "  \(finding.line($0))" }
      return .text(title: "Finding", lines.map(printable).joined(separator: "\n") + "\n")
    })

  private static let remove = answer(
    "r", "Remove", help: "takes the value or file out of test-bed backups, which is the usual answer", .remove)

  private static let leaveOut = answer(
    "l", "Leave out", help: "leaves whole rows or files out of test-bed backups", .leaveOut)

  private static func answer(_ key: Character, _ label: String, help: String, _ answer: Answer) -> Action<Item> {
    Action(
      name, key, label, help: help, .several,
      obstacle: { items in items.lazy.compactMap { $0.finding.objection(to: answer) }.first },
      work: .quick { items, hub in try give(answer, to: items, hub) })
  }

  private static let set: Action<Item> = Action(
    name, "s", "Set to", help: "puts a value of your own in its place",
    obstacle: { $0[0].finding.objection(to: .set("x")) },
    work: .form { items in
      FormDescription(
        "Set To", intro: "In test-bed backups \(items[0].finding.place) becomes this value.",
        questions: { _ in
          [Question("value", "Value", .text("", limit: 400), help: "Harmless by itself: it is taken as it is.")]
        }, store: { answers, hub in try give(.set(answers["value"] ?? ""), to: items, hub) })
    })

  private static let harmless: Action<Item> = Action(
    name, "h", "Harmless", help: "keeps it as it is, with the reason that you give",
    obstacle: { $0[0].finding.objection(to: .harmless(because: "x")) },
    work: .form { items in
      FormDescription(
        "Harmless", intro: "\(items[0].finding.place) stays as it is in every test-bed backup.",
        questions: { _ in
          [
            Question(
              "because", "Because", .text("", limit: 200),
              help: "Why it reaches neither production nor a real recipient."
            ) { $0.isEmpty ? "say why" : nil }
          ]
        }, store: { answers, hub in try give(.harmless(because: answers["because"] ?? ""), to: items, hub) })
    })

  /// The word by which an answer stands in the audit log.
  private static let name = "rules answer"

  private static func give(_ answer: Answer, to items: [Item], _ hub: Hub) throws -> String {
    let places = items.map(\.finding.place).joined(separator: ", ")
    // A value may be anything; which place it is for is what the log needs.
    let word = if case .set = answer { "set" } else { answer.shown }
    try hub.changeFiles(name, "\(word): \(places)") {
      var file = try RulesFile(hub.installation.rulesPath)
      for item in items { try file.give(answer, to: item.finding) }
      try file.store()
    }
    return items.count == 1 ? "Answered: \(word)" : "\(items.count) answered: \(word)"
  }

  private struct Row: Encodable {
    let place: String
    let reason: String
    let answer: String?
  }
}
