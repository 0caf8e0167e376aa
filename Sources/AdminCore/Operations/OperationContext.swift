import Installation

/// Where operations run and for whom: what each of them needs before it begins.
public struct OperationContext: Sendable {
  /// The installation they work on.
  public let installation: Installation
  /// Who acts, for the audit log and the status.
  public let actor: Actor
  /// Called with the status at most five times a second, from the thread that works.
  public var observer: (@Sendable (OperationStatus) -> Void)?
  /// Brings a restore to its end that another process left half-way; in words what was done, nil when there was nothing.
  /// Called with the lock held: a journal then has no owner.
  package let recover: @Sendable (Installation) throws -> String?

  /// - Parameter recover: see the property; where nothing is ever restored, as on the machine of one component, it has
  ///   nothing to do.
  package init(
    _ installation: Installation, by actor: Actor, observer: (@Sendable (OperationStatus) -> Void)? = nil,
    recover: @escaping @Sendable (Installation) throws -> String?
  ) {
    self.installation = installation
    self.actor = actor
    self.observer = observer
    self.recover = recover
  }
}
