import Foundation

/// The manifest as JSON, its entries a few dozen at a time: Foundation takes many times the size of a text in memory, and an
/// archive may have a great many entries. `ManifestParser` reads it.
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
    // Only the component's name and a time stand before it.
    guard let list = frame.firstRange(of: Array("\"entries\":[]".utf8)) else { throw CocoaError(.coderInvalidValue) }
    let place = list.upperBound - 1
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
}
