/// How a text is written, told by its begin.
enum TextEncoding: Equatable {
  /// ASCII, UTF-8, Latin-1 and the like: the bytes are looked at as they are.
  case bytes
  /// Two or four bytes a character.
  case wide(size: Int, isLittle: Bool)

  /// How a report names it, when it must.
  var notation: Notation? {
    switch self {
    case .bytes: nil
    case .wide(let size, _): size == 2 ? .utf16 : .utf32
    }
  }

  /// - Parameter head: the begin of a content; nil when it is no text.
  init?(_ head: UnsafeRawBufferPointer) {
    if head.has([0xFF, 0xFE, 0, 0]) {
      self = .wide(size: 4, isLittle: true)
    } else if head.has([0, 0, 0xFE, 0xFF]) {
      self = .wide(size: 4, isLittle: false)
    } else if head.has([0xFF, 0xFE]) {
      self = .wide(size: 2, isLittle: true)
    } else if head.has([0xFE, 0xFF]) {
      self = .wide(size: 2, isLittle: false)
    } else if let wide = TextEncoding.unmarked(head.head(1024)) {
      self = wide
    } else if TextEncoding.isText(head) {
      self = .bytes
    } else {
      return nil
    }
  }

  // Without a mark: the zero bytes of ASCII characters stand at fixed places.
  private static func unmarked(_ head: UnsafeRawBufferPointer) -> TextEncoding? {
    guard head.count >= 8 else { return nil }
    var zeros = [0, 0, 0, 0]
    for (index, byte) in head.enumerated() where byte == 0 { zeros[index & 3] += 1 }
    let quarter = head.count / 4
    let full = zeros.map { $0 * 10 >= quarter * 8 }
    let empty = zeros.map { $0 * 10 <= quarter }
    switch (full[0], full[1], full[2], full[3]) {
    case (false, true, true, true) where empty[0]: return .wide(size: 4, isLittle: true)
    case (true, true, true, false) where empty[3]: return .wide(size: 4, isLittle: false)
    case (false, true, false, true) where empty[0] && empty[2]: return .wide(size: 2, isLittle: true)
    case (true, false, true, false) where empty[1] && empty[3]: return .wide(size: 2, isLittle: false)
    default: return nil
    }
  }

  // At most one control character in a hundred; zero bytes may part the lines, as in a process's environment.
  private static func isText(_ head: UnsafeRawBufferPointer) -> Bool {
    var control = 0
    var zeros = 0
    var high = 0
    for byte in head {
      if byte == 0 {
        zeros += 1
      } else if byte < 0x20 && !(0x07...0x0D).contains(byte) && byte != 0x1B && byte != 0x1A || byte == 0x7F {
        control += 1
      } else if byte >= 0x80 {
        high += 1
      }
    }
    guard control * 100 <= head.count, zeros * 8 <= head.count else { return false }
    // Zeros among bytes of all kinds are no text, and neither is what has hardly a letter in it.
    return zeros == 0 ? high * 10 <= head.count * 9 || String(validating: head, as: UTF8.self) != nil : high == 0
  }
}

/// Turns a text that comes in pieces into UTF-8.
struct TextDecoder {
  private let encoding: TextEncoding
  private var unit: UInt32 = 0
  private var count = 0
  private var high: UInt32 = 0

  init(_ encoding: TextEncoding) { self.encoding = encoding }

  /// Appends what the next bytes say; a zero byte becomes a line end.
  mutating func decode(_ bytes: UnsafeRawBufferPointer, to text: inout [UInt8]) {
    guard case .wide(let size, let isLittle) = encoding else {
      let start = text.count
      text.append(contentsOf: bytes)
      if bytes.contains(0) { for index in start..<text.count where text[index] == 0 { text[index] = 0x0A } }
      return
    }
    for byte in bytes {
      unit = isLittle ? unit | UInt32(byte) << UInt32(8 * count) : unit << 8 | UInt32(byte)
      count += 1
      guard count == size else { continue }
      append(unit, isWide: size == 2, to: &text)
      (unit, count) = (0, 0)
    }
  }

  private mutating func append(_ unit: UInt32, isWide: Bool, to text: inout [UInt8]) {
    var unit = unit
    if isWide, (0xD800..<0xDC00).contains(unit) {
      high = unit
      return
    }
    if isWide, high != 0, (0xDC00..<0xE000).contains(unit) { unit = 0x10000 + (high - 0xD800) << 10 + (unit - 0xDC00) }
    high = 0
    // The byte order mark says nothing.
    guard unit != 0xFEFF else { return }
    text.append(contentsOf: UTF8.encode(Unicode.Scalar(unit == 0 ? 0x0A : unit) ?? "\u{FFFD}") ?? .init())
  }
}
