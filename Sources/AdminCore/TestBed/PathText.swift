/// Paths as texts, for rules and findings. A Unix path is any bytes, and two that differ must not become one text.
package enum PathText {
  // Scalars of the last private plane stand for bytes that are no UTF-8; no sane name has any.
  private static let base: UInt32 = 0x10_FF00

  /// A text from which the same bytes can be made again: the path itself when it is UTF-8, with U+10FF00 and the byte in
  /// place of each byte that is not.
  package static func text(_ path: some Sequence<UInt8>) -> String {
    let bytes = Array(path)
    if let text = String(validating: bytes, as: UTF8.self), !text.unicodeScalars.contains(where: isByte) { return text }
    var result = String.UnicodeScalarView()
    var index = 0
    while index < bytes.count {
      let lengths = (1...4).filter { index + $0 <= bytes.count }
      let scalar = lengths.lazy.compactMap { length -> (Unicode.Scalar, Int)? in
        guard let text = String(validating: bytes[index..<index + length], as: UTF8.self),
          text.unicodeScalars.count == 1, let scalar = text.unicodeScalars.first, !isByte(scalar)
        else { return nil }
        return (scalar, length)
      }.first
      if let (scalar, length) = scalar {
        result.append(scalar)
        index += length
      } else {
        if let byte = Unicode.Scalar(base + UInt32(bytes[index])) { result.append(byte) }
        index += 1
      }
    }
    return String(result)
  }

  private static func isByte(_ scalar: Unicode.Scalar) -> Bool { scalar.value >= base && scalar.value <= base + 0xFF }
}
