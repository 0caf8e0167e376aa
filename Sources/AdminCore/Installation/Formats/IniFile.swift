import Platform

/// An INI file: Java properties, as `java.util.Properties` reads them. What is read and judged is the decoded text; an edit
/// touches the bytes of one value and no others.
public struct IniFile: Sendable, Equatable {
  /// One logical line with its line end.
  public struct Line: Sendable, Equatable {
    /// What a line is.
    public enum Kind: Sendable, Equatable {
      /// Nothing that counts.
      case blank
      /// A `#` or `!` line that is prose.
      case comment
      /// `key=value`, `key: value` or `key value`, over one or more lines.
      case assignment(key: String)
      /// `#key=value` or `!key: value`: switched off, but still carrying its value.
      case commentedAssignment(key: String)
    }

    /// The bytes as they stand in the file, the line end included.
    public let bytes: [UInt8]
    /// What the line is; a key is decoded.
    public let kind: Kind
    /// The value as the component reads it; empty when there is none.
    public let text: String
    /// Everything that the value may be taken for: `text`, and when its bytes are UTF-8 beyond ASCII, which Java reads as
    /// ISO 8859-1, what a person sees in an editor.
    package let readings: [String]
    fileprivate let valueRange: Range<Int>
    fileprivate let endsWithKey: Bool
    fileprivate let isOpen: Bool
  }

  /// The file's name, for messages.
  public let name: String
  /// All lines in order.
  public private(set) var lines: [Line] = []

  /// The most bytes that such a file may have.
  public static let sizeLimit = 1 << 20

  /// An INI file without a line.
  public init(name: String) { self.name = name }

  /// Parses bytes from outside.
  ///
  /// - Throws: `AdminError` (`configuration`) on a `\u` that is no character, and on a NUL byte: a program that is not
  ///   Java's ends a text there.
  public init(_ bytes: [UInt8], name: String) throws {
    self.name = name
    var start = 0
    var number = 1
    while let raw = JavaProperties.line(bytes, from: start) {
      let text = Array(bytes[raw.range])
      guard !text.contains(0) else {
        throw AdminError(
          .configuration, "a NUL byte", at: "\(name) line \(number)",
          next: "remove it; the file must be text, and not UTF-16")
      }
      guard let line = Line(text, raw, from: start) else {
        throw AdminError(
          .configuration, "a \\u without four hexadecimal digits", at: "\(name) line \(number)",
          next: "correct the line, or write \\\\u for a backslash and a u")
      }
      lines.append(line)
      number += IniFile.lineEnds(text)
      start = raw.range.upperBound
    }
  }

  /// Reads a file of at most `sizeLimit` bytes.
  public static func read(_ path: String) throws -> IniFile {
    try IniFile(FileSystem.read(path, limit: sizeLimit), name: FileSystem.name(of: path))
  }

  /// The whole file.
  public var bytes: [UInt8] { lines.flatMap(\.bytes) }

  /// The value of a key without blanks around it, nil when the key is absent or its value is empty: an empty value means
  /// *unset*. When a key is given more than once, the last line counts.
  public subscript(key: String) -> String? {
    guard let value = value(of: key)?.trimmingSpaces, !value.isEmpty else { return nil }
    return value
  }

  /// The same to the letter, blanks at its end included: a password may have them.
  public func value(of key: String) -> String? {
    guard let index = index(of: key), !lines[index].text.isEmpty else { return nil }
    return lines[index].text
  }

  /// All keys in the order of the file, each once.
  public var keys: [String] {
    var seen: Set<[UInt8]> = []
    return lines.compactMap { line in
      guard case .assignment(let key) = line.kind, seen.insert(Array(key.utf8)).inserted else { return nil }
      return key
    }
  }

  /// Sets the last line of a key in place, or appends one; nil leaves `key=` so that the place to fill in stays visible.
  ///
  /// - Throws: `AdminError` (`usage`) for control characters, which no value of hubtui's own has.
  public mutating func set(_ key: String, _ value: String?) throws {
    let value = value ?? ""
    guard !value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
      throw AdminError(.usage, "a value with control characters", at: "\(name): \(key)", next: "give a one-line value")
    }
    if let index = index(of: key) { return replaceValue(ofLine: index, with: value) }
    let end = lines.last.map { Array($0.bytes.suffix(JavaProperties.lineEndCount($0.bytes))) } ?? []
    let lineEnd: [UInt8] = end.isEmpty ? [0x0A] : end
    let bytes = JavaProperties.encoded(key: key) + [0x3D] + JavaProperties.encoded(value: value) + lineEnd
    if lines.last?.isOpen == true {
      // What stood behind the backslash would continue that line.
      lines.insert(IniFile.reread(bytes), at: lines.count - 1)
    } else {
      if let last = lines.popLast() { lines.append(end.isEmpty ? IniFile.reread(last.bytes + lineEnd) : last) }
      lines.append(IniFile.reread(bytes))
    }
  }

  package mutating func replaceValue(ofLine index: Int, with new: String) {
    let line = lines[index]
    guard !new.utf8.elementsEqual(line.text.utf8) else { return }
    let sign: [UInt8] = line.endsWithKey && !new.isEmpty ? [0x3D] : []
    lines[index] = IniFile.reread(
      line.bytes[..<line.valueRange.lowerBound] + sign + JavaProperties.encoded(value: new)
        + line.bytes[line.valueRange.upperBound...])
  }

  package mutating func replace(line index: Int, withComment text: String) {
    let bytes = lines[index].bytes
    lines[index] = IniFile.reread(Array("# \(text)".utf8) + bytes.suffix(JavaProperties.lineEndCount(bytes)))
  }

  // Bytes, because to `String` two spellings of one letter are equal, and to a component they are not.
  private func index(of key: String) -> Int? {
    lines.lastIndex {
      if case .assignment(let own) = $0.kind { own.utf8.elementsEqual(key.utf8) } else { false }
    }
  }

  // Of a line that was made here, and so holds nothing that cannot be read.
  private static func reread(_ bytes: some Sequence<UInt8>) -> Line {
    let bytes = Array(bytes)
    guard let raw = JavaProperties.line(bytes, from: 0), raw.range == bytes.indices,
      let line = Line(bytes, raw, from: 0)
    else { preconditionFailure("an edited line is one line") }
    return line
  }

  private static func lineEnds(_ bytes: [UInt8]) -> Int {
    bytes.indices.count { bytes[$0] == 0x0A || bytes[$0] == 0x0D && !bytes[($0 + 1)...].starts(with: [0x0A]) }
  }
}

extension IniFile.Line {
  fileprivate init?(_ bytes: [UInt8], _ raw: JavaProperties.Line, from start: Int) {
    self.bytes = bytes
    isOpen = raw.isOpen
    endsWithKey = raw.endsWithKey
    valueRange = raw.valueRange.lowerBound - start..<raw.valueRange.upperBound - start
    switch raw.kind {
    case .blank:
      kind = .blank
      text = ""
      readings = []
    case .comment:
      guard let inner = JavaProperties.commentedAssignment(bytes) else {
        kind = .comment
        text = ""
        readings = []
        break
      }
      // Nobody reads a comment, so nothing in it can be wrong.
      kind = .commentedAssignment(
        key: JavaProperties.decoded(inner.key) ?? String(decoding: inner.key, as: UTF8.self))
      text = JavaProperties.decoded(inner.value) ?? String(decoding: inner.value, as: UTF8.self)
      readings = IniFile.Line.readings(text, inner.value)
    case .assignment:
      guard let key = JavaProperties.decoded(raw.key), let value = JavaProperties.decoded(raw.value) else { return nil }
      kind = .assignment(key: key)
      text = value
      readings = IniFile.Line.readings(text, raw.value)
    }
  }

  private static func readings(_ text: String, _ raw: [UInt8]) -> [String] {
    let other = raw.contains { $0 >= 0x80 } ? JavaProperties.decoded(raw, .utf8) : nil
    return [text] + (other.map { [$0] } ?? [])
  }
}
