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

extension BackupOptions {
  /// A yes or no that an operator can choose: a flag of the command, a key of the console, a question of the plain mode.
  public struct Switch: Sendable {
    /// The command's flag without its dashes.
    public let flag: String
    /// The console's key.
    public let key: Character
    /// The question.
    public let label: String
    /// What the key says once it is on.
    public let labelToUndo: String
    /// What it does, in a sentence.
    public let help: String
    /// What it adds to the question whether the backup is to start.
    public let remark: String
    /// The kinds of backup that know it.
    public let kinds: [BackupKind]
    /// Whether it is on.
    public let isOn: WritableKeyPath<BackupOptions, Bool> & Sendable
  }

  /// All of them.
  public static let switches = [
    Switch(
      flag: "mask-recipients", key: "m", label: "Mask recipients", labelToUndo: "Keep recipients",
      help: "Replaces recipients and subscribers by invented ones", remark: "with invented recipients",
      kinds: [.testBed], isOn: \.masksRecipients)
  ]

  /// The switches that this kind of backup knows.
  public var switches: [Switch] { BackupOptions.switches.filter { $0.kinds.contains(kind) } }

  /// The words by which `hubtui` makes this backup; level and processors are the usual ones.
  public var arguments: [String] {
    ["backup", "create"] + (kind == .testBed ? ["--test-bed"] : [])
      + switches.filter { self[keyPath: $0.isOn] }.map { "--\($0.flag)" }
  }
}
