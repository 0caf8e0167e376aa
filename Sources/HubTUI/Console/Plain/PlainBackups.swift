import AdminCore
import TUIKitLite

extension PlainConsole {
  /// Create Backup, Create Test-Bed Backup: what it would do, the question, the progress, the outcome.
  func createBackup(_ kind: BackupKind) throws {
    var arguments = ["backup", "create"]
    var options = BackupOptions(kind: kind)
    if kind == .testBed {
      arguments.append("--test-bed")
      var form = Form([
        FormField(
          "mask", "Mask recipients", .toggle(false),
          help: "Replaces recipients and subscribers by invented ones; \(PlainPrompt.leave) goes back.")
      ])
      guard try ask(&form) else { return }
      if form["mask"]?.isOn == true {
        options = BackupOptions(kind: kind, masksRecipients: true)
        arguments.append("--mask-recipients")
      }
    }
    prompt.say("Looking at what would be done here; nothing is written.")
    let preview = try hub.previewBackup(options)
    try show(PreviewLines.lines(preview))
    guard preview.findings.isEmpty else {
      return prompt.say(
        "\(preview.findings.count) things look dangerous and are covered by no rule, so no backup can start; add the lines above to \(installation.rulesPath)",
        .error)
    }
    let isSure = try confirm(
      "Create the \(kind.title)", "Make a \(kind.title) of all three components now?",
      .confirm(yes: "Start", no: "Not now"))
    guard isSure, let status = try start(arguments) else { return }
    try sayReport(status)
  }

  private func sayReport(_ status: OperationStatus) throws {
    guard let report = try BackupReport.list(installation).first(where: { $0.id.description == status.backupID }) else {
      return
    }
    prompt.say("Report: \(report.path)")
    prompt.say("Its last line: \(report.lastLine)", report.isValid ? .good : .error)
  }

  /// Backups: the sets with what is wrong with each, report, verify, delete.
  func backups() throws {
    while true {
      let sets = try hub.backupSets()
      guard !sets.isEmpty else { return prompt.say("No backup is in the backup folders yet.") }
      guard let place = try choose("Backups", sets.map { .init(line(for: $0)) }) else { return }
      try visit { try backup(sets[place]) }
    }
  }

  private func backup(_ set: BackupSet) throws {
    let title = "\(set.kind.title) \(set.id)"
    let items: [Menu.Item] = [
      .init("Report", disabled: set.report == nil ? "no report of this set is here" : nil), .init("Verify"),
      .init("Delete"),
    ]
    switch try choose(title, items) {
    case 0: if let report = set.report { try show(file: report.path) }
    case 1:
      prompt.say("Reading backup \(set.id) back.")
      _ = try hub.verifyBackup(set.id)
      prompt.say("\(title) is whole: sizes, digests and row counts agree", .good)
    case 2:
      guard try confirm("Delete", "The archives of \(title) will be gone for good.", .typeWord("DELETE"), .danger)
      else { return }
      try hub.deleteBackup(set.id)
      prompt.say("Deleted: \(set.id)", .good)
    default: return
    }
  }

  /// A set in one line.
  func line(for set: BackupSet) -> String {
    BackupsScreen.row(set, context).cells.joined(separator: ", ")
  }
}

/// A preview for the ear: a line a rule, no samples.
private enum PreviewLines {
  static func lines(_ preview: BackupPreview) -> [String] {
    var lines: [String] = []
    for component in Component.allCases {
      guard let contents = preview.contents[component] else { continue }
      lines.append(
        "\(component.rawValue): \(contents.files) files, \(Output.size(contents.fileBytes)), \(contents.tables) tables, \(contents.rows) rows"
      )
    }
    if preview.kind == .normal {
      lines.append("Everything is taken as it is. It restores only into this very system.")
    }
    for rule in preview.rules {
      lines.append("Rule \(rule.id), \(rule.count) \(rule.count == 1 ? "change" : "changes"): \(rule.danger)")
    }
    lines += preview.notes.map { "Note: \($0)" }
    lines += preview.drift.map { "New since the last test-bed backup: \($0)" }
    for finding in preview.findings {
      lines.append("Danger: \(finding.target) looks dangerous: \(finding.reason)")
      lines.append("Add: \(finding.remedy)")
    }
    return lines
  }
}
