import Foundation
import Testing

@testable import Detection

@Suite struct CorpusFilesTmp {
  @Test func all() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Corpus")
    for line in try String(contentsOf: folder.appendingPathComponent("files.jsonl"), encoding: .utf8).split(separator: "\n") {
      let record = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let file = record["file"] as! String
      let data = try Data(contentsOf: folder.appendingPathComponent("files/" + file))
      let inspection = FileInspection(name: String(file.split(separator: "/").dropFirst().joined(separator: "/")), size: UInt64(data.count))
      data.withUnsafeBytes { inspection.scan($0) }
      let verdict = inspection.finish()
      let isBad = !verdict.sights.isEmpty || verdict.mustNotTravel != nil || (verdict.opacity != nil && file.contains("sealed"))
      let label = record["label"] as! String
      print(isBad == (label == "dangerous") ? "ok   " : "WRONG", file, record["kind"] as? String ?? "", "->", verdict.sights.map(\.reason), verdict.mustNotTravel?.reason ?? "", verdict.opacity?.rawValue ?? "")
    }
  }
}
