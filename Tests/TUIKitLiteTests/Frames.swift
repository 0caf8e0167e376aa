import Glibc
import TUIKitLite
import Testing

/// Draws on a fresh canvas.
func drawn(_ width: Int, _ height: Int, _ draw: (inout Canvas) -> Void) -> Canvas {
  var canvas = Canvas(Size(width, height))
  draw(&canvas)
  return canvas
}

/// Compares text and roles with the file Frames/`name`.txt; RECORD_FRAMES=1 writes the file instead.
func expectFrame(_ canvas: Canvas, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) {
  let path = #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/Frames/\(name).txt"
  let cursor = canvas.cursor.map { "cursor \($0.x),\($0.y)" } ?? "no cursor"
  let actual = "\(canvas.text)\n\n\(canvas.roles)\n\n\(cursor)\n"
  if getenv("RECORD_FRAMES") != nil { return write(actual, to: path) }
  guard let expected = contents(of: path) else {
    Issue.record("no frame \(name); record it with RECORD_FRAMES=1", sourceLocation: sourceLocation)
    return
  }
  if expected == actual { return }
  let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
  let new = actual.split(separator: "\n", omittingEmptySubsequences: false)
  let lines = (0..<max(old.count, new.count)).compactMap { row -> String? in
    let (was, now) = (row < old.count ? old[row] : "", row < new.count ? new[row] : "")
    return was == now ? nil : "\(row): - \(was)\n\(row): + \(now)"
  }
  Issue.record("frame \(name) differs\n\(lines.joined(separator: "\n"))", sourceLocation: sourceLocation)
}

func contents(of path: String) -> String? {
  guard let file = fopen(path, "r") else { return nil }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 1 << 20)
  let count = fread(&bytes, 1, bytes.count, file)
  return String(decoding: bytes[..<count], as: UTF8.self)
}

func write(_ text: String, to path: String) {
  guard let file = fopen(path, "w") else { return }
  fputs(text, file)
  fclose(file)
}

/// A fresh file that goes away with this value.
final class ScratchFile {
  let path: String

  init() {
    var template = Array("/tmp/tuikit-test-XXXXXX".utf8CString)
    close(mkstemp(&template))
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { unlink(path) }
}
