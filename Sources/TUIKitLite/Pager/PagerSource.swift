import CNcurses.Bytes
import Glibc

/// Text of any size to page through, by byte offsets. Nothing is counted or indexed: the first screen, the last one and
/// any in between cost the same few reads.
///
/// The file is read, not mapped: a log that is rotated by cutting it short would end a program that maps it (SIGBUS),
/// and a private copy can be folded to lower case for searches. No more than `blockSize` bytes are held.
///
/// A row is a line, or a part of one that is longer than a grid of 16 KiB: the line is cut where a grid line has no line
/// feed in the 16 KiB before it, which can be told on the spot.
public final class PagerSource {
  /// A row's place: from its first byte to the first byte of the next row.
  public struct Row: Sendable, Equatable {
    /// Where it begins.
    public let start: Int
    /// Where the next one begins.
    public let end: Int
    /// Its text without the line end; bytes that are no UTF-8 are replaced.
    public let text: String
  }

  /// What a search found.
  public enum Found: Sendable, Equatable {
    /// The offset of a hit.
    case at(Int)
    /// No hit up to the end of the text.
    case nothing
    /// No hit yet; so much was searched as one call may, and the next one should begin here.
    case paused(Int)
  }

  /// What a row's text can be at most is twice this.
  package static let grid = 16 << 10
  /// Big enough that a system call costs nothing beside the search, small enough for the processor's cache.
  package static let blockSize = 64 << 10
  /// Longer words are not looked for; blocks overlap by so much at the most.
  static let longestNeedle = 4 << 10
  /// A few seconds at a slow disk's pace.
  static let searchLimit = 1 << 30

  /// How many bytes there are, as of the last `refresh`.
  public private(set) var size: Int
  private let descriptor: Int32
  private let bytes: [UInt8]

  /// Opens a plain file.
  /// - Throws: `TerminalError` when it cannot be read.
  public init(path: String) throws(TerminalError) {
    var status = stat()
    let opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
    guard opened >= 0, fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      let reason = opened < 0 ? String(cString: strerror(errno)) : "no plain file"
      close(opened)
      throw TerminalError("cannot read \(path) (\(reason))", next: "check the path and who may read it")
    }
    descriptor = opened
    size = Int(status.st_size)
    bytes = []
  }

  /// Pages through text in memory.
  public init(text: String) {
    descriptor = -1
    bytes = Array(text.utf8)
    size = bytes.count
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Looks how long the file is now; says whether that changed.
  @discardableResult
  public func refresh() -> Bool {
    var status = stat()
    guard descriptor >= 0, fstat(descriptor, &status) == 0, Int(status.st_size) != size else { return false }
    size = Int(status.st_size)
    return true
  }

  /// The row that begins at `start`; nil at the end of the text.
  public func row(at start: Int) -> Row? {
    guard start < size else { return nil }
    return read(start, 2 * Self.grid + 4) { window in
      guard !window.isEmpty else { return nil }
      let cut = start % Self.grid == 0 || isCut(start) ? Self.grid : 2 * Self.grid
      let limit = min(window.count, Self.aligned(window, start / Self.grid * Self.grid + cut - start))
      let newline = window[..<limit].firstIndex(of: 0x0A)
      var text = window[..<(newline ?? limit)]
      if newline != nil && text.last == 0x0D { text = text.dropLast() }
      let end = newline.map { $0 + 1 } ?? limit
      return Row(start: start, end: start + end, text: String(decoding: text, as: UTF8.self))
    }
  }

  /// Where the row begins that holds the byte at `offset`.
  public func rowStart(at offset: Int) -> Int {
    let offset = min(max(0, offset), max(0, size - 1))
    let line = offset / Self.grid * Self.grid
    let first = max(0, line - Self.grid)
    return read(first, offset - first) { window in
      if let newline = window.lastIndex(of: 0x0A) { return first + newline + 1 }
      if line == 0 { return 0 }
      // No line feed since the last grid line but one: the row begins at the grid line, after the rest of a character.
      let start = read(line, 4) { line + Self.aligned($0, 0) }
      return start <= offset ? start : rowStart(at: line - 1)
    }
  }

  /// Where the row before the one at `start` begins; nil at the first.
  public func rowStart(before start: Int) -> Int? { start > 0 ? rowStart(at: start - 1) : nil }

  /// The first hit of 1 to `longestNeedle` bytes at or after `offset`; with `ignoringCase` A to Z count as a to z.
  public func find(_ needle: String, from offset: Int, ignoringCase: Bool) -> Found {
    let needle = Array((ignoringCase ? needle.asciiLowercased : needle).utf8)
    guard (1...Self.longestNeedle).contains(needle.count) else { return .nothing }
    let end = min(size, offset + Self.searchLimit)
    var start = max(0, offset)
    while start < end {
      let hit = search(start, Self.blockSize, ignoringCase) { window in
        window.place(of: memmem(window.baseAddress, window.count, needle, needle.count))
      }
      if let hit { return .at(start + hit) }
      start += Self.blockSize - (needle.count - 1)
    }
    return end < size ? .paused(start) : .nothing
  }

  /// The last hit that begins before `offset`.
  public func findBackwards(_ needle: String, before offset: Int, ignoringCase: Bool) -> Found {
    let needle = Array((ignoringCase ? needle.asciiLowercased : needle).utf8)
    guard (1...Self.longestNeedle).contains(needle.count) else { return .nothing }
    let first = max(0, offset - Self.searchLimit)
    var end = min(offset, size)
    while end > first {
      let start = max(first, end - Self.blockSize)
      // Hits begin before `end` but may reach beyond it.
      let hit = search(start, end - start + needle.count - 1, ignoringCase) { Self.last(needle, in: $0) }
      if let hit { return .at(start + hit) }
      end = start
    }
    return first > 0 ? .paused(first) : .nothing
  }

  private static func last(_ needle: [UInt8], in window: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let first = needle.first, let base = window.baseAddress, window.count >= needle.count else { return nil }
    var length = window.count - needle.count + 1
    while let place = window.place(of: memrchr(base, Int32(first), length)) {
      if memcmp(base + place, needle, needle.count) == 0 { return place }
      length = place
    }
    return nil
  }

  private func search<T>(
    _ start: Int, _ count: Int, _ ignoringCase: Bool, _ body: (UnsafeBufferPointer<UInt8>) -> T?
  ) -> T? {
    read(start, count) { window in
      if ignoringCase {
        // Without a branch, so that the compiler does many bytes at once.
        for place in window.indices { window[place] |= window[place] &- 0x41 < 26 ? 0x20 : 0 }
      }
      return body(UnsafeBufferPointer(window))
    }
  }

  private func isCut(_ start: Int) -> Bool {
    start > 0 && read(start - 1, 1) { $0.first != 0x0A }
  }

  /// `place`, or where the character begun before it has ended: at most three bytes (10xxxxxx) further.
  private static func aligned(_ window: UnsafeMutableBufferPointer<UInt8>, _ place: Int) -> Int {
    var place = place
    let last = min(place + 3, window.count)
    while place < last && window[place] & 0xC0 == 0x80 { place += 1 }
    return place
  }

  /// Gives `body` the bytes from `offset`, `count` of them or fewer at the end; a private copy. Bytes that cannot be
  /// read any more (the file was cut short) are not there.
  private func read<T>(_ offset: Int, _ count: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> T) -> T {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(1, count)) { buffer in
      var done = 0
      if descriptor < 0 {
        let range = min(offset, bytes.count)..<min(offset + count, bytes.count)
        done = range.count
        _ = buffer.update(fromContentsOf: bytes[range])
      }
      while descriptor >= 0 && done < count {
        let got = pread(descriptor, buffer.baseAddress.map { $0 + done }, count - done, off_t(offset + done))
        if got > 0 { done += got } else if got == 0 || errno != EINTR { break }
      }
      return body(UnsafeMutableBufferPointer(rebasing: buffer[..<done]))
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Where `pointer` points to; nil when C found nothing.
  fileprivate func place(of pointer: UnsafeMutableRawPointer?) -> Int? {
    guard let pointer, let base = baseAddress else { return nil }
    return UnsafeRawPointer(pointer) - UnsafeRawPointer(base)
  }
}

extension String {
  /// A to Z as a to z, all else as it is.
  var asciiLowercased: String {
    String(decoding: utf8.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }, as: UTF8.self)
  }
}
