import Installation
import Platform

/// What an operator can choose of a backup.
public struct BackupOptions: Sendable, Equatable {
  /// Normal or test-bed.
  public var kind: BackupKind
  /// Whether recipients and subscribers get invented addresses; only for a test-bed backup.
  public var masksRecipients: Bool
  /// libdeflate's level, 1 (fast) to 9 (small).
  public var level: Int
  /// How many processors compress.
  public var threads: Int

  /// The usual level: four times as fast as `zip -6` for a tenth more bytes, by bench/run.
  public static let defaultLevel = 1

  /// A backup of `kind` with the usual choices.
  public init(
    kind: BackupKind, masksRecipients: Bool = false, level: Int = defaultLevel, threads: Int = Processors.count
  ) {
    self.kind = kind
    self.masksRecipients = masksRecipients
    self.level = level
    self.threads = threads
  }
}
