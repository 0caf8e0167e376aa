import Detection
import Installation
import Platform

/// What a rule set makes of one file of a home folder: looked at before its entry in the archive is begun, while its bytes
/// pass, and at its end. Of an INI file it gives what travels in its place.
package struct FileLook {
  /// Why the file must not travel, as reports name it; nil for one that may, as far as is known now.
  package private(set) var leavesOut: String?
  /// The bytes that travel instead of the file's; nil for its own.
  package private(set) var edited: [UInt8]?
  /// What the report says of a file that travels although not all of it could be understood.
  package private(set) var caution: String?
  /// Whether all bytes must be looked at, in a preview too.
  package var wantsAll: Bool { inspection != nil }
  private var inspection: FileInspection?
  private var judge: ((FileVerdict) -> FileFate)?

  /// Looks at the beginning of a file.
  ///
  /// - Parameters:
  ///   - path: inside the home folder.
  ///   - file: read by offset, so that its position stays.
  /// - Throws: `AdminError` (`inputOutput`) when it cannot be read.
  package init(_ path: String, of component: Component, _ file: File, _ sanitizer: Sanitizer) throws {
    guard sanitizer.ruleSet.isTestBed else { return }
    let size = try Int(clamping: file.size)
    if component.hasIni(path) {
      if size > IniFile.sizeLimit {
        sanitizer.note(.file(component, path), "an INI file of more than \(IniFile.sizeLimit) bytes")
      } else {
        let bytes = try FileLook.bytesAtRest(of: file)
        do { edited = try sanitizer.edited(bytes, path, of: component) } catch let error as AdminError {
          sanitizer.note(.file(component, path), "\(error.what), \(error.location)")
        }
      }
    }
    if let edited {
      // Its keys and values were judged one by one; a key in PEM goes over many lines.
      if let kind = edited.withUnsafeBytes({ KeyMaterial.kind(of: $0) }) {
        sanitizer.note(.file(component, path), kind.rawValue)
      }
      return
    }
    inspection = FileInspection(name: path, size: UInt64(size), recogniser: sanitizer.recogniser)
    judge = { sanitizer.judge($0, of: path, component) }
  }

  /// Looks at the bytes that come next.
  package mutating func scan(_ bytes: UnsafeRawBufferPointer) {
    guard let inspection else { return }
    inspection.scan(bytes)
    if inspection.mustNotTravel { finish() }
  }

  /// The file's end.
  package mutating func finish() {
    guard let inspection, let judge else { return }
    self.inspection = nil
    switch judge(inspection.finish()) {
    case .leftOut(let what): leavesOut = what
    case .named(let why): caution = why
    case .taken: break
    }
  }

  // A file that is being written is read again; one that never rests is taken as read last.
  private static func bytesAtRest(of file: File) throws -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 1...3 {
      let before = try file.status()
      bytes = try self.bytes(of: file, min(Int(before.st_size), IniFile.sizeLimit))
      let after = try file.status()
      if after.st_size == before.st_size, after.st_mtim.tv_sec == before.st_mtim.tv_sec,
        after.st_mtim.tv_nsec == before.st_mtim.tv_nsec
      {
        break
      }
    }
    return bytes
  }

  private static func bytes(of file: File, _ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let read = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
    bytes.removeLast(count - read)
    return bytes
  }
}

extension Sanitizer {
  /// An INI file of a home folder as it travels in a test-bed backup.
  ///
  /// - Throws: `AdminError` (`configuration`) for one that Java would not read.
  func edited(_ bytes: [UInt8], _ path: String, of component: Component) throws -> [UInt8] {
    var ini = try IniFile(bytes, name: "\(component.folderName)/\(path)")
    sanitize(&ini, of: component, path: path)
    return ini.bytes
  }
}
