import AdminCore
import TUIKitLite

/// Puts the state before the last restore back, after a typed word; a second time undoes that.
enum RestoreRollBack {
  static func ask(_ context: ConsoleContext) -> ConsoleAction {
    .push(
      DialogScreen(
        Dialog(
          "Roll back",
          "The state before the last restore comes back. What is here now is kept; the same key brings it back again.",
          .typeWord("ROLLBACK"), .danger),
        confirmed: .push(
          WorkScreen("Roll Back", "Rolling back…") {
            "Rolled back: the restore of \(try context.hub.rollBackRestore())."
          })))
  }
}
