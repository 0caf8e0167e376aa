import Administration
import Runs

/// The running operation.
public enum OperationActions {
  /// What is asked before it is stopped.
  public static func cancellation(of status: OperationStatus) -> Confirmation {
    .choice(
      "Cancel the operation", "Stop the \(status.name)? Nothing half done will be left.", yes: "Stop it", no: "Go on")
  }
}
