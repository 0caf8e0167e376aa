import AdminCore
import Foundation
import HubTUI
import Testing

@Suite struct PlainProgressTests {
  private func status(_ phase: String, _ done: UInt64, of total: UInt64 = 100) throws -> OperationStatus {
    let text = """
      {"name": "backup", "processID": 1, "account": "admin", "started": "", "phase": "\(phase)", "outcome": "running",
      "message": "", "components": {"HUB": {"done": \(done), "total": \(total)}, "LUI": {"done": 0, "total": 0}}}
      """
    return try JSONDecoder().decode(OperationStatus.self, from: Data(text.utf8))
  }

  @Test func aLineForEachPhaseAndEachTenthAndNeverMore() throws {
    var lines = ProgressLines()
    var said: [String] = []
    for (phase, done) in [
      ("", 0), ("snapshot", 0), ("snapshot", 9), ("snapshot", 10), ("snapshot", 10), ("snapshot", 19),
      ("archive", 19), ("archive", 55), ("archive", 12), ("archive", 59), ("audit", 100), ("audit", 100),
    ] as [(String, UInt64)] {
      if let line = lines.line(for: try status(phase, done)) { said.append(line) }
    }
    #expect(said == ["snapshot", "snapshot, 10 %", "archive, 10 %", "archive, 50 %", "audit, 100 %"])
  }
}
