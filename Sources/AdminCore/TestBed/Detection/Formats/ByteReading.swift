import Platform

/// Reads formats whose every length may be a lie: what is not there is nil.
extension UnsafeRawBufferPointer {
  /// The byte at an offset.
  func byte(_ offset: Int) -> UInt8? { offset >= 0 && offset < count ? self[offset] : nil }

  /// An unsigned number of `size` bytes (1…7), the most significant first.
  func big(_ offset: Int, _ size: Int) -> Int? {
    guard offset >= 0, size <= count - offset else { return nil }
    return self[offset..<offset + size].reduce(0) { $0 << 8 | Int($1) }
  }

  /// An unsigned number of `size` bytes (1…7), the least significant first.
  func little(_ offset: Int, _ size: Int) -> Int? {
    guard offset >= 0, size <= count - offset else { return nil }
    return self[offset..<offset + size].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// Whether these bytes stand at an offset.
  func has(_ bytes: [UInt8], at offset: Int = 0) -> Bool {
    offset >= 0 && bytes.count <= count - offset && self[offset..<offset + bytes.count].elementsEqual(bytes)
  }

  /// Whether this text stands at an offset.
  func has(_ text: StaticString, at offset: Int = 0) -> Bool {
    text.withUTF8Buffer { text in
      offset >= 0 && text.count <= count - offset && self[offset..<offset + text.count].elementsEqual(text)
    }
  }

  /// The part in a range, as far as it is there.
  func part(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: self[range.clamped(to: 0..<count)])
  }

  /// What stands from an offset on.
  func from(_ offset: Int) -> UnsafeRawBufferPointer { part(Swift.min(offset, count)..<count) }

  /// The first `size` bytes, or fewer.
  func head(_ size: Int) -> UnsafeRawBufferPointer { part(0..<Swift.min(size, count)) }

  /// Without white space at the begin.
  var withoutLeadingSpace: UnsafeRawBufferPointer {
    from(firstIndex { !($0 == 0x20 || (0x09...0x0D).contains($0)) } ?? count)
  }

  /// The lines, without their ends.
  func forEachLine(_ visit: (UnsafeRawBufferPointer) -> Bool) {
    var rest = self
    while !rest.isEmpty {
      let end = rest.firstIndex(of: 0x0A) ?? rest.count
      var line = rest.part(0..<end)
      if line.last == 0x0D { line = line.part(0..<line.count - 1) }
      guard visit(line) else { return }
      rest = rest.from(end + 1)
    }
  }
}
