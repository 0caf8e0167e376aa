import Testing

/// A small part of `scripts/torture`: enough that a harness which no longer finds what it looks for, and a step that no
/// longer survives a kill, are seen with every test run.
@Suite(.waiting) struct TortureTests {
  private func torture(_ harness: String, _ arguments: String...) throws {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let run = try Running(
      ["python3", "/\(root)/torture/\(harness)"] + arguments, environment: ["HUBTUI": Program.path]
    ).wait(seconds: 300)
    #expect(run.status == 0, "\(run.output)\(run.errors)")
  }

  @Test func killsLeaveTheOldStateOrTheNewOne() throws {
    try torture("crash.py", "--points", "36", "--jobs", "1")
  }

  @Test func faultsEndInTheFormerStateWithOneLine() throws {
    try torture("faults.py", "--faults", "1", "--jobs", "1", "--only", "restore again")
    try torture("faults.py", "--faults", "1", "--jobs", "1", "--only", "test-bed backup")
  }

  @Test func hostileSetsAreRefused() throws { try torture("hostile.py", "--every", "9") }
}
