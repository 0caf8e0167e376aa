/// A text that is nothing but base64 or hexadecimal digits.
enum TextCode {
  case base64, hex

  /// How a report names it.
  var notation: Notation { self == .base64 ? .base64 : .hex }

  /// - Parameter head: the begin of a text; nil when it has anything else in it, or is shorter than 24 characters.
  init?(_ head: UnsafeRawBufferPointer) {
    var digits = 0
    var isHex = true
    for byte in head {
      if byte == 0x0A || byte == 0x0D { continue }
      guard let value = TextCode.value(byte) else {
        guard byte == 0x3D else { return nil }
        isHex = false
        continue
      }
      isHex = isHex && (value >= 52 && value < 62 || (0x41...0x46).contains(byte & 0xDF))
      digits += 1
    }
    guard digits >= 24 else { return nil }
    self = isHex ? .hex : .base64
  }

  /// The six bits of a sign of base64 or base64url.
  static func value(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x41...0x5A: UInt32(byte) - 0x41
    case 0x61...0x7A: UInt32(byte) - 0x61 + 26
    case 0x30...0x39: UInt32(byte) - 0x30 + 52
    case 0x2B, 0x2D: 62
    case 0x2F, 0x5F: 63
    default: nil
    }
  }
}

/// Decodes a text of base64 or hexadecimal digits as it comes.
final class DecodingReader: ContentReader {
  private let code: TextCode
  private let inner: any ContentReader
  private var bits: UInt32 = 0
  private var count = 0
  private var isDone = false

  init(_ code: TextCode, _ inner: any ContentReader) {
    self.code = code
    self.inner = inner
  }

  func read(_ bytes: UnsafeRawBufferPointer) {
    guard !isDone else { return }
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    let perUnit = code == .base64 ? 4 : 2
    for byte in bytes where byte != 0x0A && byte != 0x0D {
      guard let value = code == .base64 ? TextCode.value(byte) : byte.hexValue.map(UInt32.init) else {
        // Padding, or no such text after all.
        isDone = true
        break
      }
      bits = bits << (code == .base64 ? 6 : 4) | value
      count += 1
      guard count == perUnit else { continue }
      if code == .base64 { out += [UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8)] }
      out.append(UInt8(truncatingIfNeeded: bits))
      (bits, count) = (0, 0)
    }
    if isDone { out += rest }
    out.withUnsafeBytes { inner.read($0) }
  }

  func finish() {
    if !isDone { rest.withUnsafeBytes { inner.read($0) } }
    inner.finish()
  }

  private var rest: [UInt8] {
    guard code == .base64 else { return [] }
    switch count {
    case 2: return [UInt8(truncatingIfNeeded: bits >> 4)]
    case 3: return [UInt8(truncatingIfNeeded: bits >> 10), UInt8(truncatingIfNeeded: bits >> 2)]
    default: return []
    }
  }
}
