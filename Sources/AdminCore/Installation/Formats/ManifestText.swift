import Foundation

/// The manifest as JSON, its entries a few dozen at a time: Foundation takes many times the size of a text in memory, and an
/// archive may have a great many entries. `ManifestParser` reads it.
package enum ManifestText {
  private static let batch = 64

  /// Gives the manifest as JSON, keys in alphabetical order, piece by piece.
  ///
  /// - Parameters:
  ///   - count: how many entries it has.
  ///   - entry: gives each of them, 0..<count, in order.
  package static func write(
    _ manifest: Manifest, entries count: Int, _ entry: (Int) throws -> Manifest.Entry,
    to sink: ([UInt8]) throws -> Void
  ) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let frame = [UInt8](try encoder.encode(Frame(manifest: manifest)))
    // Only the component's name and a time stand before it.
    guard let list = frame.firstRange(of: Array("\"entries\":[]".utf8)) else { throw CocoaError(.coderInvalidValue) }
    let offset = list.upperBound - 1
    try sink(Array(frame[..<offset]))
    var some: [Manifest.Entry] = []
    var isFirst = true
    func flush() throws {
      guard !some.isEmpty else { return }
      let list = try encoder.encode(some)
      try sink((isFirst ? [] : [0x2C]) + list.dropFirst().dropLast())
      isFirst = false
      some.removeAll(keepingCapacity: true)
    }
    for index in 0..<count {
      some.append(try entry(index))
      if some.count == batch { try flush() }
    }
    try flush()
    try sink(Array(frame[offset...]))
  }

  /// A manifest with the place for its entries.
  private struct Frame: Encodable {
    private enum CodingKeys: String, CodingKey { case entries }

    let manifest: Manifest

    func encode(to encoder: any Encoder) throws {
      try manifest.encode(to: encoder)
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode([Manifest.Entry](), forKey: .entries)
    }
  }
}
