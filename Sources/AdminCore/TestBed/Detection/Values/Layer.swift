/// A value, or what an encoded part of it says, with the way back: for each byte where it came from in the value as it
/// was given.
struct Layer {
  /// The bytes.
  var bytes: [UInt8]
  /// Where the bytes came from.
  var origin: Origin
  /// The notations around it, the outermost first.
  var notations: [Notation]

  /// Where the bytes of a layer stand in the value as it was given.
  enum Origin {
    /// Where they stand here.
    case same
    /// So many bytes further on: a block of a long value.
    case shifted(Int)
    /// All of them in one encoded part.
    case part(Range<Int>)
    /// Each at a position of its own; one more for the end.
    case positions([Int32])
  }

  /// Where a range of this layer stands in the value as it was given.
  func place(_ range: Range<Int>) -> Range<Int> { origin.place(range) }
}

extension Layer.Origin {
  /// The origin of what stands from `offset` on.
  func shifted(by offset: Int) -> Layer.Origin {
    switch self {
    case .same: offset == 0 ? self : .shifted(offset)
    case .shifted(let before): .shifted(before + offset)
    case .part: self
    case .positions(let positions): .positions(Array(positions.dropFirst(offset)))
    }
  }

  func place(_ range: Range<Int>) -> Range<Int> {
    switch self {
    case .same: return range
    case .shifted(let offset): return range.lowerBound + offset..<range.upperBound + offset
    case .part(let part): return part
    case .positions(let positions):
      guard let last = positions.last else { return 0..<0 }
      let lower = range.lowerBound < positions.count ? positions[range.lowerBound] : last
      let upper = range.upperBound < positions.count ? positions[range.upperBound] : last
      return Int(lower)..<Int(max(lower, upper))
    }
  }
}

/// Builds a decoded layer and remembers where each byte came from.
struct LayerBuilder {
  private(set) var bytes: [UInt8] = []
  private(set) var positions: [Int32] = []

  init(capacity: Int) {
    bytes.reserveCapacity(capacity)
    positions.reserveCapacity(capacity + 1)
  }

  mutating func add(_ byte: UInt8, at position: Int) {
    bytes.append(byte)
    positions.append(Int32(truncatingIfNeeded: position))
  }

  /// Adds a character; what is none becomes a replacement character.
  mutating func add(scalar: UInt32, at position: Int) {
    let scalar = Unicode.Scalar(scalar) ?? "\u{FFFD}"
    for byte in UTF8.encode(scalar).map(Array.init) ?? [] { add(byte, at: position) }
  }

  /// The layer, below one whose origin is `outer`; `end` is where the bytes end there.
  func layer(end: Int, below outer: Layer.Origin, _ notations: [Notation]) -> Layer {
    var own = positions
    own.append(Int32(truncatingIfNeeded: end))
    switch outer {
    case .same: break
    case .shifted(let offset): own = own.map { $0 + Int32(truncatingIfNeeded: offset) }
    case .part(let part): return Layer(bytes: bytes, origin: .part(part), notations: notations)
    case .positions(let before):
      let last = before.last ?? 0
      for index in own.indices { own[index] = Int(own[index]) < before.count ? before[Int(own[index])] : last }
    }
    return Layer(bytes: bytes, origin: .positions(own), notations: notations)
  }
}
