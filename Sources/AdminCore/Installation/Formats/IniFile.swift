import Archive
import Platform

/// A component's INI file: `key=value` lines and `#` comments. An edit touches the bytes of one value and no others.
public struct IniFile: Sendable, Equatable {
  /// One line with its line end.
  public struct Line: Sendable, Equatable {
    /// What a line is.
    public enum Kind: Sendable, Equatable {
      /// Nothing, or white space only.
      case blank
      /// A `#` line that is prose.
      case comment
      /// `key=value`.
      case assignment(key: String)
      /// `#key=value`: switched off, but still carrying its value.
      case commentedAssignment(key: String)
    }

    /// The bytes as they stand in the file, the line end included.
    public package(set) var bytes: [UInt8]
    /// What the line is.
    public package(set) var kind: Kind
    /// Where the value stands in `bytes`; empty when there is none.
    package var value: Range<Int>

    /// The value as text, bytes that are not UTF-8 replaced.
    public var text: String { String(decoding: bytes[value], as: UTF8.self) }
  }

  /// The file's name, for messages.
  public let name: String
  /// All lines in order.
  public package(set) var lines: [Line] = []

  /// An INI file without a line.
  public init(name: String) { self.name = name }

  /// Parses bytes from outside.
  ///
  /// - Throws: `AdminError` (`configuration`) on a line that is no assignment, a key given twice, a NUL byte.
  public init(_ bytes: [UInt8], name: String) throws {
    self.name = name
    var seen: Set<String> = []
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
      let line = IniFile.parse(Array(bytes[start..<end]))
      let place = "\(name) line \(lines.count + 1)"
      guard let line, !line.bytes.contains(0) else {
        throw AdminError(
          .configuration, "not a key=value line", at: place, next: "correct the line or put a # before it")
      }
      if case .assignment(let key) = line.kind, !seen.insert(key).inserted {
        throw AdminError(
          .configuration, "the key \(key) is given twice", at: place, next: "remove one of the two lines")
      }
      lines.append(line)
      start = end
    }
  }

  /// Reads a file of at most 1 MiB.
  public static func read(_ path: String) throws -> IniFile {
    try IniFile(FileSystem.read(path, limit: 1 << 20), name: FileSystem.name(of: path))
  }

  /// The whole file.
  public var bytes: [UInt8] { lines.flatMap(\.bytes) }

  /// The value of a key, nil when the key is absent or its value is empty: an empty value means *unset*.
  public subscript(key: String) -> String? {
    guard let line = lines.first(where: { $0.kind == .assignment(key: key) }), !line.value.isEmpty else { return nil }
    return line.text
  }

  /// All keys with a value, in file order.
  public var keys: [String] {
    lines.compactMap { line in
      if case .assignment(let key) = line.kind { key } else { nil }
    }
  }

  /// Sets a key in place, or appends it; nil leaves `key=` so that the place to fill in stays visible.
  ///
  /// - Throws: `AdminError` (`usage`) when the value would not stay one line.
  public mutating func set(_ key: String, _ value: String?) throws {
    let new = Array((value ?? "").utf8)
    guard !new.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
      throw AdminError(.usage, "a value with control characters", at: "\(name): \(key)", next: "give a one-line value")
    }
    if let index = lines.firstIndex(where: { $0.kind == .assignment(key: key) }) {
      replaceValue(ofLine: index, with: new)
    } else {
      if let last = lines.indices.last, lines[last].bytes.last != 0x0A { lines[last].bytes.append(0x0A) }
      let head = Array(key.utf8) + [0x3D]
      lines.append(
        Line(
          bytes: head + new + [0x0A], kind: .assignment(key: key), value: head.count..<head.count + new.count))
    }
  }

  package mutating func replaceValue(ofLine index: Int, with new: [UInt8]) {
    let range = lines[index].value
    lines[index].bytes.replaceSubrange(range, with: new)
    lines[index].value = range.lowerBound..<range.lowerBound + new.count
  }

  package mutating func replaceComment(ofLine index: Int, with text: String) {
    let end = lines[index].bytes.reversed().prefix { $0 == 0x0A || $0 == 0x0D }.reversed()
    lines[index] = Line(bytes: Array(text.utf8) + end, kind: .comment, value: 0..<0)
  }

  private static func parse(_ bytes: [UInt8]) -> Line? {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    // Some readers take a lone carriage return as a line end: a key behind one would be seen by them and by no rule.
    if let last = bytes.lastIndex(where: { $0 != 0x0A && $0 != 0x0D }), bytes[..<last].contains(0x0D) { return nil }
    guard var start = bytes.firstIndex(where: { !isSpace($0) }) else {
      return Line(bytes: bytes, kind: .blank, value: 0..<0)
    }
    let isComment = bytes[start] == 0x23
    if isComment {
      guard let after = bytes[start...].firstIndex(where: { !isSpace($0) && $0 != 0x23 }) else {
        return Line(bytes: bytes, kind: .comment, value: 0..<0)
      }
      start = after
    }
    guard let equals = bytes[start...].firstIndex(of: 0x3D), equals > start,
      let keyEnd = bytes[start..<equals].lastIndex(where: { !isSpace($0) }),
      let key = String(validating: bytes[start...keyEnd], as: UTF8.self),
      key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else {
      return isComment ? Line(bytes: bytes, kind: .comment, value: 0..<0) : nil
    }
    let tail = bytes[(equals + 1)...]
    let value: Range<Int>
    if let first = tail.firstIndex(where: { !isSpace($0) }), let last = tail.lastIndex(where: { !isSpace($0) }) {
      value = first..<last + 1
    } else {
      // An empty value: a new one goes right after the equals sign, before a line end.
      value = equals + 1..<equals + 1
    }
    return Line(bytes: bytes, kind: isComment ? .commentedAssignment(key: key) : .assignment(key: key), value: value)
  }
}
