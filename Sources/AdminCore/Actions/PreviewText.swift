import Installation
import Platform
import Runs
import TestBed

/// A preview as text, the same in the console's pager and in `backup create --dry-run`.
public enum PreviewText {
  /// As one text, every line printable.
  public static func text(_ preview: BackupPreview) -> String {
    lines(preview).map(printable).joined(separator: "\n") + "\n"
  }

  /// In lines.
  public static func lines(_ preview: BackupPreview) -> [String] {
    var lines = ["Dry run of a \(preview.kind.title): nothing was written."]
    for component in Component.allCases {
      guard let contents = preview.contents[component] else { continue }
      lines.append(
        "\(component.rawValue): \(contents.files) files (\(Units.size(contents.fileBytes))), \(contents.tables) tables (\(contents.rows) rows)"
      )
    }
    lines.append(HomeNames.notTakenLine)
    lines += findings(preview.findings)
    for rule in preview.rules {
      lines += ["", "\(rule.id): \(rule.count)  \(rule.danger)", "  after the restore: \(rule.afterRestore)"]
      for place in rule.record.places {
        lines.append("  \(place.place): \(place.count)")
        for sample in preview.samples where sample.rule == rule.id && sample.place == place.place {
          lines.append("    \(sample.before) → \(sample.after)")
        }
      }
    }
    lines += section(
      "Servers of production that do not resolve now; a copy does not recognise them under other names",
      preview.unresolvedHosts)
    lines += section("Entries of hub/test-bed-rules.yaml that change nothing here", preview.idleEntries)
    lines += section("What is to be known of files", preview.notes)
    lines += section("New since the last test-bed backup", preview.drift)
    return lines
  }

  // As lines of the file, so that they can be copied from the screen as they stand.
  private static func findings(_ findings: [Finding]) -> [String] {
    if findings.isEmpty { return [] }
    return section(
      "Looks dangerous and is covered by no rule; a backup would stop", findings.map { "\($0.place): \($0.reason)" })
      + ["", "Lines for hub/test-bed-rules.yaml that take it out:"] + findings.map { $0.line(.remove) }
      + ["", "or that say it may stay:"] + findings.map { $0.line(.harmless(because: "")) }
  }

  private static func section(_ title: String, _ lines: [String]) -> [String] {
    lines.isEmpty ? [] : ["", title] + lines.map { "  " + $0 }
  }
}
