import Administration
import Archive
import Installation
import Runs
import TestBed

/// The checklist after a test-bed restore. Nothing is ticked off by hand: a step is done when the system says so.
public enum PostRestoreActions {
  /// The steps in order.
  public static let list: Listing<PostRestoreSetup.Step> = Listing(
    "post-restore status", "Post-Restore Setup", noun: "step", emptyText: "nothing to do",
    columns: [
      .init("Step", 16) { $0.title }, .init("State", 5) { $0.isDone ? "done" : "open" },
      .init("Detail", 20) { $0.detail },
    ],
    table: [.init("STEP") { "\($0.isDone ? "[x]" : "[ ]") \($0.title): \(commandLine($0))" }],
    tone: { $0.isDone ? .good : .warning }, identity: { $0.title },
    line: { step, _ in "\(step.title): \(step.isDone ? "done" : "open"), \(step.detail)" },
    json: { Row(title: $0.title, isDone: $0.isDone, detail: commandLine($0)) },
    load: { hub, now in
      try hub.read { database in
        let setup = PostRestoreSetup(hub.installation, database)
        return .init(try setup.steps(now: now), headline: try setup.remarks().joined(separator: " "))
      }
    },
    actions: [go])

  private static let go: Action<PostRestoreSetup.Step> = Action(
    "post-restore status", nil, "Go to step",
    work: .go { steps in
      switch steps[0].kind {
      case .listservHost: .form(HostForms.listserv)
      case .trackingHost: .form(HostForms.tracking)
      case .overrides: .listing(OverrideActions.list)
      case .outboxReview, .outboxOpening: .listing(OutboxActions.list)
      }
    })

  /// The checklist with what kind of system this is.
  public struct Status: Encodable, Sendable {
    let isTestSystem: Bool
    let set: String?
    let restored: String?
    fileprivate let steps: [Row]
    let remarks: [String]

    /// In lines.
    public var lines: [String] {
      let head =
        isTestSystem
        ? "TEST SYSTEM, restored from test-bed backup \(set ?? "") on \(restored ?? "")"
        : "This is no restored test system."
      return [head] + steps.map { "\($0.isDone ? "[x]" : "[ ]") \($0.title): \($0.detail)" } + remarks
    }
  }

  /// Reads the checklist with what kind of system this is.
  public static func status(_ hub: Hub) throws -> Status {
    try hub.read { database in
      let setup = PostRestoreSetup(hub.installation, database)
      let system = try setup.testSystem()
      return Status(
        isTestSystem: system != nil, set: system?.set.description, restored: system?.restored,
        steps: try setup.steps().map { Row(title: $0.title, isDone: $0.isDone, detail: commandLine($0)) },
        remarks: try setup.remarks())
    }
  }

  @Sendable private static func commandLine(_ step: PostRestoreSetup.Step) -> String {
    step.command.isEmpty ? step.detail : "\(step.detail); use: \(step.command)"
  }

  fileprivate struct Row: Encodable, Sendable {
    let title: String
    let isDone: Bool
    let detail: String
  }
}
