import AdminCore
import TUIKitLite

/// The backup sets by ID: what is missing or wrong with each, verify, delete.
enum BackupsScreen {
  static func make(_ context: ConsoleContext) -> any ConsoleScreen {
    ListScreen<BackupSet>(
      "Backups", context, columns, emptyText: "no backup in the backup folders yet",
      commands: [
        .init(.enter, "Details", help: "where the archives are, and all that is wrong with the set") { sets in
          sets.first.map { .push(PagerScreen("Details", PagerSource(text: details($0)))) } ?? .none
        },
        .init(.character("r"), "Report", help: "opens the set's report") { sets in
          guard let report = sets.first?.report else {
            return .perform(.status("no report of this set is here", .warning))
          }
          return .push(ReportScreen.make(report.path, context))
        },
        .init(.character("v"), "Verify", help: "reads the whole set back and checks every byte") { sets in
          guard let set = sets.first else { return .none }
          return .push(
            WorkScreen("Verify", "Reading backup \(set.id) back…") {
              let set = try context.hub.verifyBackup(set.id)
              return "\(set.kind.title) \(set.id) is whole: sizes, digests and row counts agree."
            })
        },
        .init(.character("d"), "Delete", help: "deletes the set's archives after a typed word") { sets in
          guard let set = sets.first else { return .none }
          return .push(
            DialogScreen(
              Dialog(
                "Delete", "The archives of \(set.kind.title) \(set.id) will be gone for good; its report stays.",
                .typeWord("DELETE"),
                .danger),
              confirmed: .push(
                WorkScreen("Delete", "Deleting backup \(set.id)…") {
                  try context.hub.deleteBackup(set.id)
                  return "Deleted: \(set.id)"
                })))
        },
      ],
      load: { try $0.hub.backupSets() }, row: row)
  }

  /// A set in full.
  static func details(_ set: BackupSet) -> String {
    func place(_ path: String) -> [String] {
      ["  \(FileSystem.name(of: path))", "  in \(FileSystem.folder(of: path))"]
    }
    let archives = Component.allCases.flatMap { component in
      [component.rawValue] + (set.archives[component].map(place) ?? ["  missing"])
    }
    let problems = set.problems.isEmpty ? [set.verdict] : set.problems.map(\.description)
    return
      (["\(set.kind.title) \(set.id), \(Output.size(set.size))", "", "State"] + problems.map { "  \($0)" } + [""]
      + archives + ["Report"] + (set.report.map { place($0.path) } ?? ["  not at hand"]))
      .map(printable).joined(separator: "\n") + "\n"
  }

  static let columns: [Table.Column] = [
    .init("Backup ID", minimum: 19), .init("Kind", minimum: 8),
    .init("Age", minimum: 6, alignment: .right, priority: 1),
    .init("Size", minimum: 8, alignment: .right, priority: 2), .init("State", minimum: 10),
  ]

  @Sendable static func row(_ set: BackupSet, _ context: ConsoleContext) -> Table.Row {
    let age = set.id.time.map { Output.age(max(0, context.now() - $0)) } ?? "?"
    let style: Style = !set.problems.isEmpty ? .error : set.report == nil ? .warning : .good
    return Table.Row([set.id.description, set.kind.rawValue, age, Output.size(set.size), set.state], style)
  }
}
