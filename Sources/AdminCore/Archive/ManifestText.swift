import Foundation

/// The manifest as JSON, its entries a few hundred at a time: Foundation takes many times the size of a text in memory,
/// and an archive may have a great many entries.
enum ManifestText {
  private static let batch = 64

  /// Gives the manifest as JSON, keys in alphabetical order, piece by piece.
  ///
  /// - Parameter entries: stand in the place of the manifest's own.
  static func write(
    _ manifest: Manifest, entries: some Sequence<Manifest.Entry>, to sink: ([UInt8]) throws -> Void
  ) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var bare = manifest
    bare.entries = []
    let frame = [UInt8](try encoder.encode(bare))
    guard let place = layout(of: frame)?.array.lowerBound else { throw CocoaError(.coderInvalidValue) }
    try sink(Array(frame[..<place]))
    var some: [Manifest.Entry] = []
    var isFirst = true
    func flush() throws {
      guard !some.isEmpty else { return }
      let list = try encoder.encode(some)
      try sink((isFirst ? [] : [0x2C]) + list.dropFirst().dropLast())
      isFirst = false
      some.removeAll(keepingCapacity: true)
    }
    for entry in entries {
      some.append(entry)
      if some.count == batch { try flush() }
    }
    try flush()
    try sink(Array(frame[place...]))
  }

  /// Reads a manifest; what is not laid out as expected is left to Foundation as a whole.
  ///
  /// - Parameter check: told the format version before anything else is believed.
  static func decoded(_ bytes: [UInt8], check: (_ version: Int) throws -> Void) throws -> Manifest {
    struct Version: Decodable { var formatVersion: Int }
    let decoder = JSONDecoder()
    let layout = layout(of: bytes)
    let frame =
      layout.map { Data(bytes[..<$0.array.lowerBound]) + Data(bytes[$0.array.upperBound...]) } ?? Data(bytes)
    try check(decoder.decode(Version.self, from: frame).formatVersion)
    var manifest = try decoder.decode(Manifest.self, from: frame)
    guard let layout else { return manifest }
    manifest.entries.reserveCapacity(layout.objects.count)
    for start in stride(from: 0, to: layout.objects.count, by: batch) {
      let end = min(start + batch, layout.objects.count)
      let text = bytes[layout.objects[start].lowerBound..<layout.objects[end - 1].upperBound]
      manifest.entries += try decoder.decode([Manifest.Entry].self, from: Data([0x5B] + text + [0x5D]))
    }
    return manifest
  }

  /// Where the entries are in the text.
  private struct Layout {
    /// What is between the brackets.
    var array: Range<Int>
    /// Each entry, from brace to brace.
    var objects: [Range<Int>] = []
  }

  /// Nil unless there is one list `entries` at the top, of objects with a comma between each two and nothing else but
  /// white space: then the pieces, decoded one by one, are the whole.
  private static func layout(of bytes: [UInt8]) -> Layout? {
    var layout: Layout?
    var depth = 0
    var index = 0
    var start = 0
    var isOpen = false
    var commas = 0
    while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case 0x22:
        guard let end = endOfString(bytes, from: index) else { return nil }
        if isOpen && depth == 2 { return nil }
        let isName = depth == 1 && bytes[index..<end].elementsEqual(#""entries""#.utf8)
        index = end
        guard isName, let open = openBracket(bytes, from: end) else { continue }
        guard layout == nil else { return nil }
        layout = Layout(array: open + 1..<open + 1)
        (isOpen, depth, index, commas) = (true, 2, open + 1, 0)
        continue
      case 0x7B, 0x5B:
        if isOpen && depth == 2 {
          guard byte == 0x7B, commas == (layout?.objects.isEmpty == true ? 0 : 1) else { return nil }
          (start, commas) = (index, 0)
        }
        depth += 1
      case 0x7D, 0x5D:
        depth -= 1
        if isOpen && depth == 2 { layout?.objects.append(start..<index + 1) }
        if isOpen && depth == 1 {
          guard byte == 0x5D, commas == 0, let first = layout?.array.lowerBound else { return nil }
          layout?.array = first..<index
          isOpen = false
        }
      case 0x2C where isOpen && depth == 2: commas += 1
      case 0x20, 0x09, 0x0A, 0x0D: break
      default: if isOpen && depth == 2 { return nil }
      }
      index += 1
    }
    return isOpen ? nil : layout
  }

  /// The index behind the closing quote.
  private static func endOfString(_ bytes: [UInt8], from start: Int) -> Int? {
    var index = start + 1
    while index < bytes.count {
      if bytes[index] == 0x22 { return index + 1 }
      index += bytes[index] == 0x5C ? 2 : 1
    }
    return nil
  }

  /// The index of the bracket that follows a colon.
  private static func openBracket(_ bytes: [UInt8], from start: Int) -> Int? {
    var index = start
    var hasColon = false
    while index < bytes.count {
      switch bytes[index] {
      case 0x20, 0x09, 0x0A, 0x0D: break
      case 0x3A where !hasColon: hasColon = true
      case 0x5B where hasColon: return index
      default: return nil
      }
      index += 1
    }
    return nil
  }
}
