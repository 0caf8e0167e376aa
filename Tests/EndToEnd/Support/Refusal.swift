import Testing

/// Expects a command to be refused: this exit code, one line on standard error, and nothing changed in the target.
///
/// - Parameter traces: whether the operation had begun, so that its status, its line in the audit log and the times of
///   the folders in which it worked may show it.
func expectRefusal(
  _ code: Int32, _ words: String = "", of arguments: [String], on folder: String, input: String = "",
  traces: Bool = false, environment: [String: String] = [:], location: SourceLocation = #_sourceLocation
) throws {
  let ignoring = traces ? Tree.traces.union(Tree.databaseLogs) : Tree.databaseLogs
  let before = try Tree(folder, ignoring: ignoring, times: !traces)
  let run = try run(Program.command(arguments, on: folder), environment: environment, input: input)
  let after = try Tree(folder, ignoring: ignoring, times: !traces)
  #expect(run.status == code, "\(run.errors)", sourceLocation: location)
  #expect(run.errorLines.count == 1, "\(run.errors)", sourceLocation: location)
  #expect(run.errors.hasPrefix("hubtui: "), sourceLocation: location)
  if !words.isEmpty { #expect(run.errors.contains(words), "\(run.errors)", sourceLocation: location) }
  #expect(after.differences(to: before) == [], sourceLocation: location)
}
