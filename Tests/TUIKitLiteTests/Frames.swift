import FrameFiles
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
  if let difference = FrameFile(name, beside: #filePath).difference(from: canvas.record) {
    Issue.record("\(difference)", sourceLocation: sourceLocation)
  }
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
