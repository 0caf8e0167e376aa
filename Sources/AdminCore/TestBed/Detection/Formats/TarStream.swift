/// The header of a member of a tar archive: POSIX ustar, GNU, and the older form without a magic number.
struct TarHeader {
  static let size = 512

  /// The member's name.
  let name: String
  /// Its size in bytes.
  let size: UInt64
  /// What it is: `0` a file, `L` a long name for the next member, `x` its extended header, and so on.
  let type: UInt8

  init?(_ bytes: UnsafeRawBufferPointer) {
    guard TarHeader.isHeader(bytes) else { return nil }
    name = TarHeader.text(bytes.part(0..<100))
    type = bytes[156]
    size = TarHeader.number(bytes.part(124..<136)) ?? 0
  }

  /// Whether 512 bytes have the checksum of a header.
  static func isHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= size, bytes[0] != 0, let wanted = number(bytes.part(148..<156)) else { return false }
    let sum = bytes.head(size).enumerated().reduce(0) {
      $0 + ((148..<156).contains($1.offset) ? 0x20 : Int($1.element))
    }
    return sum == Int(exactly: wanted)
  }

  /// A text that ends at a zero byte.
  static func text(_ bytes: UnsafeRawBufferPointer) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  // Octal digits, or a number of 11 bytes behind 0x80 as GNU writes large sizes.
  private static func number(_ bytes: UnsafeRawBufferPointer) -> UInt64? {
    if bytes.first == 0x80 { return bytes.suffix(8).reduce(0) { $0 << 8 | UInt64($1) } }
    var value: UInt64 = 0
    var digits = 0
    for byte in bytes {
      if byte == 0x20 || byte == 0 {
        if digits > 0 { break }
        continue
      }
      guard (0x30...0x37).contains(byte) else { return nil }
      value = value << 3 | UInt64(byte & 7)
      digits += 1
    }
    return digits > 0 ? value : nil
  }
}

/// Reads a tar archive member by member.
final class TarStream: ContentReader {
  private let state: InspectionState
  private let makeInner: (FileName) -> any ContentReader
  private var pending: [UInt8] = []
  private var inner: (any ContentReader)?
  /// Bytes of the member at hand, and of the zeros that fill its last block.
  private var left: UInt64 = 0
  private var padding: UInt64 = 0
  /// The kind of special member whose content is held.
  private var special: UInt8?
  private var held: [UInt8] = []
  private var longName: String?
  private var longSize: UInt64?
  /// Takes everything after a header that is none.
  private var remains: (any ContentReader)?
  // Names are of at most 4096 bytes; an extended header may have more in it.
  private static let heldLimit = 64 << 10

  init(_ state: InspectionState, _ makeInner: @escaping (FileName) -> any ContentReader) {
    self.state = state
    self.makeInner = makeInner
  }

  func read(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes
    while !rest.isEmpty, !state.isDecided {
      if let remains { return remains.read(rest) }
      if left > 0 {
        let piece = rest.head(Int(clamping: left))
        if special != nil {
          held.append(contentsOf: piece.prefix(TarStream.heldLimit - held.count))
        } else {
          inner?.read(piece)
        }
        left -= UInt64(piece.count)
        rest = rest.from(piece.count)
        if left == 0 { endMember() }
      } else if padding > 0 {
        let count = min(Int(padding), rest.count)
        padding -= UInt64(count)
        rest = rest.from(count)
      } else {
        let count = min(TarHeader.size - pending.count, rest.count)
        pending.append(contentsOf: rest.prefix(count))
        rest = rest.from(count)
        guard pending.count == TarHeader.size else { return }
        let header = pending
        pending = []
        header.withUnsafeBytes { beginMember($0) }
      }
    }
  }

  func finish() {
    inner?.finish()
    remains?.finish()
  }

  private func beginMember(_ bytes: UnsafeRawBufferPointer) {
    // Zeros between members and at the end.
    if bytes.allSatisfy({ $0 == 0 }) { return }
    guard let header = TarHeader(bytes) else {
      // No tar from here on, or a damaged one: what is left is looked at as it is.
      state.note(.damaged)
      let reader = makeInner(FileName(""))
      reader.read(bytes)
      remains = reader
      return
    }
    left = header.size
    switch header.type {
    // Extended headers and GNU's long names.
    case 0x78, 0x67, 0x4C, 0x4B:
      special = header.type
      held = []
    // Links, devices and folders have no content, whatever their size says.
    case 0x31...0x36: left = 0
    default:
      inner = makeInner(FileName(longName ?? header.name))
      left = longSize ?? header.size
      (longName, longSize) = (nil, nil)
    }
    padding = (512 - left % 512) % 512
    if left == 0 { endMember() }
  }

  private func endMember() {
    inner?.finish()
    inner = nil
    switch special {
    case 0x4C: longName = held.withUnsafeBytes { TarHeader.text($0) }
    case 0x78: readExtended()
    default: break
    }
    special = nil
  }

  // Records `length keyword=value\n` (POSIX.1-2001, pax).
  private func readExtended() {
    for record in held.split(separator: 0x0A) {
      let text = String(decoding: record, as: UTF8.self)
      guard let space = text.firstIndex(of: " "), let equals = text.firstIndex(of: "="), space < equals else {
        continue
      }
      let value = String(text[text.index(after: equals)...])
      switch text[text.index(after: space)..<equals] {
      case "path": longName = value
      case "size": longSize = UInt64(value)
      default: break
      }
    }
  }
}
