import AdminCore
import TUIKitLite

extension PlainConsole {
  /// Create Backup, Create Test-Bed Backup: what it would do, the question, the progress, the outcome.
  func createBackup(_ kind: BackupKind) throws {
    var options = BackupOptions(kind: kind)
    if !options.switches.isEmpty {
      var form = Form(
        options.switches.map {
          FormField($0.flag, $0.label, .toggle(false), help: "\($0.help); \(PlainPrompt.leave) goes back.")
        })
      guard try ask(&form) else { return }
      for choice in options.switches { options[keyPath: choice.isOn] = form[choice.flag]?.isOn == true }
    }
    while try !lookAndStart(options) {}
  }

  /// Looks at what a backup would do, has findings answered, and starts it when there are none.
  ///
  /// - Returns: false when findings were answered, so that a new look is worth while.
  private func lookAndStart(_ options: BackupOptions) throws -> Bool {
    prompt.say("Looking at what would be done here; nothing is written.")
    guard let outcome = try run(options.arguments + ["--dry-run", "--json"]) else { return true }
    let preview: BackupPreview
    // One that finds something dangerous is a preview all the same, and ends with an error.
    do { preview = try BackupPreview(json: outcome.output) } catch { throw outcome.error ?? error }
    try show(PreviewLines.lines(preview))
    guard preview.findings.isEmpty else {
      prompt.say("\(preview.findingsInWords), so no backup can start; answer each, then it is looked at again.", .error)
      let findings = FindingActions.list(of: preview)
      let before = try findings.load(hub, now()).headline
      try list(findings)
      return try findings.load(hub, now()).headline == before
    }
    guard try confirm(BackupActions.confirmation(of: options)), let status = try start(options.arguments) else {
      return true
    }
    if let report = try BackupReport.list(installation).first(where: { $0.id.description == status.backupID }) {
      prompt.say("Report: \(report.path)")
      prompt.say("Its last line: \(report.lastLine)", report.isValid ? .good : .error)
    }
    return true
  }
}

/// A preview for the ear: a line a rule, no samples.
private enum PreviewLines {
  static func lines(_ preview: BackupPreview) -> [String] {
    var lines: [String] = []
    for component in Component.allCases {
      guard let contents = preview.contents[component] else { continue }
      lines.append(
        "\(component.rawValue): \(contents.files) files, \(Units.size(contents.fileBytes)), \(contents.tables) tables, \(contents.rows) rows"
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
      lines.append("Danger: \(finding.place) looks dangerous: \(finding.reason)")
      lines.append("Add: \(finding.remedy)")
    }
    return lines
  }
}
