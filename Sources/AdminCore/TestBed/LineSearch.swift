/// Looks for lines of a file that match patterns, in memory that does not grow with the file.
package struct LineSearch {
  /// The patterns of which no line was found yet, in lower case.
  private var wanted: [String]
  /// The patterns of which a line was found.
  package private(set) var found: Set<String> = []
  private var line: [UInt8] = []

  /// The most bytes of a line that are compared; a longer line counts as several, which overlap by half.
  private static let longest = 64 << 10

  package init(_ patterns: [String]) { wanted = patterns }

  /// Whether nothing is left to look for.
  package var isDone: Bool { wanted.isEmpty }

  /// Looks at the next bytes of the file.
  package mutating func scan(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes[...]
    while !wanted.isEmpty, !rest.isEmpty {
      let room = rest.prefix(LineSearch.longest - line.count)
      if let end = room.firstIndex(of: 0x0A) {
        line += rest[..<end]
        rest = rest[(end + 1)...]
        finish()
      } else {
        line += room
        rest = rest.dropFirst(room.count)
        if line.count >= LineSearch.longest {
          compare()
          line.removeFirst(LineSearch.longest / 2)
        }
      }
    }
  }

  /// Ends the last line.
  package mutating func finish() {
    if line.last == 0x0D { line.removeLast() }
    compare()
    line.removeAll(keepingCapacity: true)
  }

  private mutating func compare() {
    // A byte 0 would end the text for fnmatch(3); in a file that is no text it stands anywhere.
    let text = String(decoding: line.map { $0 == 0 ? 0x20 : foldedCase($0) }, as: UTF8.self)
    wanted.removeAll { pattern in
      guard matchesPattern(text, pattern) else { return false }
      found.insert(pattern)
      return true
    }
  }
}
