import AdminCore
import TUIKitLite

/// The checklist after a test-bed restore. Nothing is ticked off by hand: a step is done when the system says so.
enum PostRestoreScreen {
  static func make(_ context: ConsoleContext) -> any ConsoleScreen {
    ListScreen<PostRestoreSetup.Step>(
      "Post-Restore Setup", context,
      [.init("Step", minimum: 16), .init("State", minimum: 5), .init("Detail", minimum: 20)],
      emptyText: "nothing to do",
      commands: [
        .init(.enter, "Go to step") { steps in
          guard let step = steps.first else { return .none }
          switch step.kind {
          case .listservHost: return .push(FormScreen(HostScreen.listserv, context))
          case .trackingHost: return .push(FormScreen(HostScreen.tracking, context))
          case .outboxReview, .outboxOpening: return .push(OutboxScreen.make(context))
          }
        }
      ],
      load: { context in
        try context.hub.read { try PostRestoreSetup(context.hub.installation, $0).steps(now: context.now()) }
      },
      row: { step, _ in
        Table.Row([step.title, step.isDone ? "done" : "open", step.detail], step.isDone ? .good : .warning)
      })
  }
}
