import Glibc
import TUIKitLite

/// A frame on disk, as it must look: text, roles, cursor.
package struct FrameFile {
  private let name: String
  private let path: String

  /// The frame `name` in the folder Frames beside a source file.
  package init(_ name: String, beside source: String) {
    self.name = name
    path = source.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/Frames/\(name).txt"
  }

  /// How `actual` differs, line by line; nil when it does not. With RECORD_FRAMES=1 the file is written instead.
  package func difference(from actual: String) -> String? {
    if getenv("RECORD_FRAMES") != nil { return record(actual) }
    guard let expected = read() else { return "no frame \(name); record it with RECORD_FRAMES=1" }
    if expected == actual { return nil }
    let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
    let new = actual.split(separator: "\n", omittingEmptySubsequences: false)
    let lines = (0..<max(old.count, new.count)).compactMap { row -> String? in
      let (was, now) = (row < old.count ? old[row] : "", row < new.count ? new[row] : "")
      return was == now ? nil : "\(row): - \(was)\n\(row): + \(now)"
    }
    return "frame \(name) differs\n\(lines.joined(separator: "\n"))"
  }

  private func read() -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  private func record(_ text: String) -> String? {
    guard let file = fopen(path, "w"), fputs(text, file) >= 0, fclose(file) == 0 else {
      return "frame \(name) cannot be written (\(String(cString: strerror(errno))))"
    }
    return nil
  }
}

extension Canvas {
  /// What a frame on disk holds.
  package var record: String {
    let place = cursor.map { "cursor \($0.x),\($0.y)" } ?? "no cursor"
    return "\(text)\n\n\(roles)\n\n\(place)\n"
  }
}
