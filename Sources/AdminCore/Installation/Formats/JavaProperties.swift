/// The text form of `java.util.Properties`: lines as its `load(InputStream)` finds them, and the escapes within them.
package enum JavaProperties {
  /// A logical line: an assignment together with the lines that continue it, one comment, or one line without content.
  package struct Line {
    package enum Kind { case blank, comment, assignment }

    /// What the line is.
    package let kind: Kind
    /// The bytes of the line, its line end included.
    package let range: Range<Int>
    /// The key as written, its escapes with it; empty unless the line is an assignment, and in one may be empty too.
    package var key: [UInt8] = []
    /// The value as written, continuation lines joined.
    package var value: [UInt8] = []
    /// What a new value replaces: from the end of the separator to the line end.
    package var valueRange: Range<Int>
    /// Whether `=` or `:` stands between key and value, and not just a blank or nothing.
    package var hasSign = false
    /// Whether nothing at all stands behind the key: a new value needs a sign.
    package var endsWithKey = false
    /// Whether the line ends in a backslash that would join to it whatever were appended to the file.
    package var isOpen = false

    fileprivate init(_ kind: Kind, _ range: Range<Int>) {
      self.kind = kind
      self.range = range
      valueRange = range.upperBound..<range.upperBound
    }
  }

  /// The logical line that begins at `start`; nil at the end.
  package static func line(_ bytes: [UInt8], from start: Int) -> Line? {
    guard start < bytes.count else { return nil }
    var at = bytes[start...].firstIndex { !isBlank($0) } ?? bytes.count
    guard at < bytes.count, !isLineEnd(bytes[at]) else {
      return Line(.blank, start..<endOfLineEnd(bytes, at))
    }
    if isCommentSign(bytes[at]) {
      let end = bytes[at...].firstIndex(where: isLineEnd) ?? bytes.count
      return Line(.comment, start..<endOfLineEnd(bytes, end))
    }
    let first = at
    // Where the characters of the line stand: what continuation leaves out is not among them.
    var kept: [Int] = []
    var isEscaped = false
    var isOpen = false
    var end = bytes.count
    while at < bytes.count {
      if !isLineEnd(bytes[at]) {
        kept.append(at)
        isEscaped = bytes[at] == backslash && !isEscaped
        at += 1
        continue
      }
      end = at
      at = endOfLineEnd(bytes, at)
      guard isEscaped else { break }
      kept.removeLast()
      isEscaped = false
      if kept.isEmpty {
        // Java begins anew behind a line that is nothing but a backslash, unless the file ends there.
        guard at == bytes.count, at == end + 1 else { return Line(.blank, start..<at) }
        break
      }
      isOpen = at == bytes.count
      at = bytes[at...].firstIndex { !isBlank($0) } ?? bytes.count
      end = bytes.count
    }
    if isEscaped {
      kept.removeLast()
      isOpen = true
    }
    var line = assignment(bytes, kept, first: first, end: end, range: start..<at)
    line.isOpen = isOpen || kept.isEmpty
    return line
  }

  /// What the text of a comment says when it is read as a line of its own; nil unless a sign stands behind its first word.
  package static func commentedAssignment(_ comment: [UInt8]) -> Line? {
    let text = comment.drop { isBlank($0) || isCommentSign($0) }.filter { !isLineEnd($0) }
    guard let line = line(text, from: 0), line.kind == .assignment, line.hasSign, !line.key.isEmpty else { return nil }
    return line
  }

  private static func assignment(_ bytes: [UInt8], _ kept: [Int], first: Int, end: Int, range: Range<Int>) -> Line {
    var keyEnd = 0
    var isEscaped = false
    while keyEnd < kept.count {
      let byte = bytes[kept[keyEnd]]
      if !isEscaped, isSign(byte) || isBlank(byte) { break }
      isEscaped = byte == backslash && !isEscaped
      keyEnd += 1
    }
    var valueStart = keyEnd
    var hasSign = false
    while valueStart < kept.count {
      let byte = bytes[kept[valueStart]]
      guard isBlank(byte) || isSign(byte) && !hasSign else { break }
      hasSign = hasSign || isSign(byte)
      valueStart += 1
    }
    var line = Line(.assignment, range)
    line.key = kept[..<keyEnd].map { bytes[$0] }
    line.value = kept[valueStart...].map { bytes[$0] }
    line.valueRange = (valueStart > 0 ? kept[valueStart - 1] + 1 : first)..<end
    line.hasSign = hasSign
    line.endsWithKey = keyEnd == kept.count
    return line
  }

  /// How bytes above ASCII are read.
  package enum Encoding {
    /// As `load(InputStream)` does.
    case latin1
    /// As `load(Reader)` may, and as an editor shows them.
    case utf8
  }

  /// A key or value without its escapes; nil when a `\u` has no four hexadecimal digits, which Java refuses, or the bytes
  /// are not of the encoding. Half of a surrogate pair becomes U+FFFD.
  package static func decoded(_ raw: [UInt8], _ encoding: Encoding = .latin1) -> String? {
    let units: [UInt16]
    switch encoding {
    case .latin1: units = raw.map(UInt16.init)
    case .utf8:
      guard let text = String(validating: raw, as: UTF8.self) else { return nil }
      units = Array(text.utf16)
    }
    var result: [UInt16] = []
    result.reserveCapacity(units.count)
    var rest = units[...]
    while let unit = rest.popFirst() {
      guard unit == 0x5C, let escaped = rest.popFirst() else {
        if unit != 0x5C { result.append(unit) }
        continue
      }
      switch escaped {
      case 0x75:
        let digits = rest.prefix(4).compactMap(hexDigit)
        guard digits.count == 4 else { return nil }
        result.append(digits.reduce(0) { $0 << 4 | $1 })
        rest = rest.dropFirst(4)
      case 0x74: result.append(0x09)
      case 0x6E: result.append(0x0A)
      case 0x72: result.append(0x0D)
      case 0x66: result.append(0x0C)
      default: result.append(escaped)
      }
    }
    return String(decoding: result, as: UTF16.self)
  }

  /// A key as it is written, so that Java reads it back.
  package static func encoded(key: String) -> [UInt8] {
    encoded(key) { unit, _ in unit == 0x20 || "=:#!".utf16.contains(unit) }
  }

  /// A value as it is written, so that Java reads it back whatever separator stands before it.
  package static func encoded(value: String) -> [UInt8] {
    encoded(value) { unit, isFirst in isFirst && (unit == 0x20 || "=:".utf16.contains(unit)) }
  }

  private static func encoded(_ text: String, escapes: (UInt16, _ isFirst: Bool) -> Bool) -> [UInt8] {
    var result: [UInt8] = []
    for (index, unit) in text.utf16.enumerated() {
      switch unit {
      case 0x5C: result += [backslash, backslash]
      case 0x09: result += Array("\\t".utf8)
      case 0x0A: result += Array("\\n".utf8)
      case 0x0D: result += Array("\\r".utf8)
      case 0x0C: result += Array("\\f".utf8)
      case 0x20...0x7E: result += (escapes(unit, index == 0) ? [backslash] : []) + [UInt8(unit)]
      default:
        let digits = String(unit, radix: 16, uppercase: true)
        result += Array(("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits).utf8)
      }
    }
    return result
  }

  /// How many bytes at the end are a line end: two for CR LF, one for CR or LF, none in the last line of some files.
  package static func lineEndCount(_ bytes: [UInt8]) -> Int {
    bytes.suffix(2).elementsEqual([0x0D, 0x0A]) ? 2 : bytes.last.map(isLineEnd) == true ? 1 : 0
  }

  private static func endOfLineEnd(_ bytes: [UInt8], _ at: Int) -> Int {
    bytes[at...].starts(with: [0x0D, 0x0A]) ? at + 2 : min(at + 1, bytes.count)
  }

  private static let backslash: UInt8 = 0x5C
  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0C }
  private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
  private static func isCommentSign(_ byte: UInt8) -> Bool { byte == 0x23 || byte == 0x21 }
  private static func isSign(_ byte: UInt8) -> Bool { byte == 0x3D || byte == 0x3A }
  private static func hexDigit(_ unit: UInt16) -> UInt16? {
    switch unit {
    case 0x30...0x39: unit - 0x30
    case 0x41...0x46, 0x61...0x66: (unit | 0x20) - 0x61 + 10
    default: nil
    }
  }
}
