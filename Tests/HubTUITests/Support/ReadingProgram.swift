import AdminCore
import Glibc

/// The built program as these tests start it: it runs what only reads (previews, verifications, connection tests), and for
/// everything else ends well at once, so that no test of a screen changes what others look at.
enum ReadingProgram {
  /// Its path.
  static let path: String = {
    do {
      let scratch = try Scratch()
      let script = """
        #!/bin/sh
        case "$*" in *--dry-run*|*"backup verify"*|*"component test"*) exec '\(built)' "$@";; esac
        """
      let path = scratch.folder + "/hubtui"
      try FileSystem.replace(path, with: Array((script + "\n").utf8), mode: 0o700)
      kept = scratch
      return path
    } catch {
      return "/nonexistent: \(error)"
    }
  }()

  nonisolated(unsafe) private static var kept: Scratch?

  /// Whether the words of a command only read.
  static func reads(_ words: [String]) -> Bool {
    words.contains("--dry-run") || words.starts(with: ["backup", "verify"])
      || words.starts(with: ["component", "test"])
  }

  // Beside the program of the tests.
  private static let built: String = {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &bytes, bytes.count)
    let own = String(decoding: bytes.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return String(own[..<(own.lastIndex(of: "/") ?? own.startIndex)]) + "/hubtui"
  }()
}
