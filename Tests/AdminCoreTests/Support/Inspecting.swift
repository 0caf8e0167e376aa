import Foundation

@testable import Detection

/// What an inspection says of content that comes in pieces of one size.
func verdict(_ bytes: [UInt8], name: String = "file", piece: Int = 256 << 10) -> FileVerdict {
  let inspection = FileInspection(name: name, size: UInt64(bytes.count))
  bytes.withUnsafeBytes { bytes in
    var offset = 0
    while offset < bytes.count {
      let end = min(bytes.count, offset + piece)
      inspection.scan(UnsafeRawBufferPointer(rebasing: bytes[offset..<end]))
      offset = end
    }
  }
  return inspection.finish()
}

func verdict(_ text: String, name: String = "file") -> FileVerdict { verdict(Array(text.utf8), name: name) }

extension FileVerdict {
  /// In one word: what stops a backup, or the file, or is named.
  var word: String {
    if let mustNotTravel { return mustNotTravel.reason }
    return sights.first?.reason ?? opacity?.rawValue ?? "nothing"
  }
}

extension TemporaryFolder {
  /// Writes a file into the folder.
  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: self[name]))
  }

  /// Runs a shell script in the folder, which must succeed.
  func shell(_ script: String) throws {
    let run = try Command(["sh", "-ec", "cd \"$1\"\n" + script, "sh", path])
    guard run.status == 0 else { throw Command.Failure(what: run.errors) }
  }

  /// The bytes of a file in the folder.
  func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: self[name]))) }

  /// The names in the folder.
  func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}
