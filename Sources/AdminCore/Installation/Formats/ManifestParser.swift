import Database
import Foundation

/// Reads a manifest piece by piece as it is inflated, its entries a few dozen at a time: the text of a great many entries
/// is larger than all that is kept of them, and Foundation takes many times the size of a text in memory.
///
/// There must be one list `entries` at the top, of objects with a comma between each two and nothing else but white space;
/// what is around it is left to Foundation.
struct ManifestParser {
  private static let batch = 64

  private enum Malformed: Error { case text }
  private enum List { case absent, open, closed, malformed }
  /// What stands before the byte that comes: the name of the list, and its colon, tell where it begins. A name in another
  /// spelling could be the same list once more.
  private enum Before { case name, escaped, colon, other }

  private let decoder = JSONDecoder()
  private let take: (Manifest.Entry) throws -> Void
  /// The text without what is in the list.
  private var frame: [UInt8] = []
  /// Entries of the list that are not decoded yet, each with a comma or the bracket before it.
  private var pending: [UInt8] = []
  private var pendingCount = 0
  private var isFirst = true
  /// Of an entry; told after the version, which stands behind the entries.
  private var failure: (any Error)?

  private var list = List.absent
  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  private var hasEscape = false
  private var string: [UInt8] = []
  private var before = Before.other
  private var hasComma = false

  /// The most bytes of a manifest that are none of its entries: names of tables and columns, counts of rules.
  private static let frameLimit = 4 << 20

  /// - Parameter take: told each entry, in order; what it throws is told at the end.
  init(take: @escaping (Manifest.Entry) throws -> Void) { self.take = take }

  /// Takes the next bytes. What is wrong with them is told at the end: that the archive is damaged comes first.
  package mutating func take(_ bytes: some Sequence<UInt8>) {
    for byte in bytes where list != .malformed { list == .open ? takeInList(byte) : takeInFrame(byte) }
  }

  /// The manifest, after the last byte.
  ///
  /// - Parameter check: told the format version before anything else is believed.
  /// - Throws: what `check` throws; something else for a text that is no manifest.
  package mutating func finish(check: (_ version: Int) throws -> Void) throws -> Manifest {
    struct Version: Decodable { var formatVersion: Int }
    guard list != .malformed else { throw Malformed.text }
    let frame = Data(frame)
    try check(decoder.decode(Version.self, from: frame).formatVersion)
    decodePending()
    if let failure { throw failure }
    guard list == .closed else { throw Malformed.text }
    return try decoder.decode(Manifest.self, from: frame)
  }

  private mutating func takeInFrame(_ byte: UInt8) {
    guard frame.count < ManifestParser.frameLimit else { return list = .malformed }
    frame.append(byte)
    if isOfString(byte) {
      guard !isInString else { return }
      before = hasEscape ? .escaped : string.elementsEqual("entries".utf8) && depth == 1 ? .name : .other
      return
    }
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0D: return
    case 0x3A where before == .escaped && depth == 1: list = .malformed
    case 0x3A where before == .name: before = .colon
    case 0x5B where before == .colon:
      list = list == .absent ? .open : .malformed
      depth = 2
    case 0x7B, 0x5B:
      depth += 1
      before = .other
    case 0x7D, 0x5D:
      depth -= 1
      before = .other
    default: before = .other
    }
  }

  private mutating func takeInList(_ byte: UInt8) {
    guard depth == 2 else {
      pending.append(byte)
      if isOfString(byte) { return }
      switch byte {
      case 0x7B, 0x5B: depth += 1
      case 0x7D, 0x5D:
        depth -= 1
        if depth == 2 { endEntry() }
      default: break
      }
      return
    }
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0D: break
    case 0x2C where !isFirst && !hasComma: hasComma = true
    case 0x7B where hasComma != isFirst:
      hasComma = false
      isFirst = false
      depth = 3
      pending.append(pendingCount == 0 ? 0x5B : 0x2C)
      pending.append(byte)
    case 0x5D where !hasComma:
      list = .closed
      depth = 1
      before = .other
      frame.append(byte)
    default: list = .malformed
    }
  }

  /// Whether the byte belongs to a string, its quotes included.
  private mutating func isOfString(_ byte: UInt8) -> Bool {
    guard isInString else {
      guard byte == 0x22 else { return false }
      isInString = true
      hasEscape = false
      string.removeAll(keepingCapacity: true)
      return true
    }
    if isEscaped {
      isEscaped = false
    } else if byte == 0x5C {
      isEscaped = true
      hasEscape = true
    } else if byte == 0x22 {
      isInString = false
      return true
    }
    // No more than tells the list's name from any other.
    if string.count < 8 { string.append(byte) }
    return true
  }

  private mutating func endEntry() {
    pendingCount += 1
    if pendingCount == ManifestParser.batch || failure != nil { decodePending() }
  }

  private mutating func decodePending() {
    defer {
      pending.removeAll(keepingCapacity: true)
      pendingCount = 0
    }
    guard pendingCount > 0, failure == nil else { return }
    pending.append(0x5D)
    do {
      for entry in try decoder.decode([Manifest.Entry].self, from: Data(pending)) { try take(entry) }
    } catch {
      failure = error
    }
  }
}
