/// Unpacks small compressed values and archives, within bounds.
package enum Compressed {
  /// What is packed in bytes.
  ///
  /// - Parameters:
  ///   - bytes: anything.
  ///   - limit: the most bytes that are unpacked, all parts together; what would be more is cut.
  /// - Returns: each part with how it was packed; empty for what is not packed, or cannot be unpacked here.
  package static func unpacked(
    _ bytes: UnsafeRawBufferPointer, limit: Int
  ) -> [(notation: Notation, bytes: [UInt8])] {
    guard case .archive(let form) = FileFormat(bytes) else { return [] }
    let parts = Parts(limit: limit)
    let state = InspectionState()
    state.take(bytes.count)
    let reader: any ContentReader
    switch form {
    case .gzip: reader = GzipReader(state) { parts.part(.gzip) }
    case .zlib: reader = ZlibReader(state) { parts.part(.zlib) }
    case .tar: reader = TarStream(state) { _ in parts.part(.tar) }
    case .zip:
      reader = ZipStream(state) { _ in
        parts.part(.zip)
      } finish: { _ in
      }
    }
    // In pieces, so that a bomb is given up soon.
    var rest = bytes
    while !rest.isEmpty, parts.left > 0 {
      reader.read(rest.head(4096))
      rest = rest.from(4096)
    }
    reader.finish()
    return parts.all.filter { !$0.bytes.isEmpty }.map { ($0.notation, $0.bytes) }
  }

  private final class Parts {
    private(set) var all: [Part] = []
    var left: Int

    init(limit: Int) { left = limit }

    func part(_ notation: Notation) -> Part {
      let part = Part(notation, self)
      all.append(part)
      return part
    }
  }

  private final class Part: ContentReader {
    let notation: Notation
    private(set) var bytes: [UInt8] = []
    private unowned let parts: Parts

    init(_ notation: Notation, _ parts: Parts) {
      self.notation = notation
      self.parts = parts
    }

    func read(_ bytes: UnsafeRawBufferPointer) {
      let piece = bytes.head(parts.left)
      self.bytes.append(contentsOf: piece)
      parts.left -= piece.count
    }

    func finish() {}
  }
}
