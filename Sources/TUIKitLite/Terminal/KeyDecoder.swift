/// Turns what ncurses reads (bytes, and numbers above them for function keys) into keys; state is kept between reads,
/// since a character's bytes and a paste may come in pieces.
package struct KeyDecoder {
  /// More of one paste is thrown away: no field takes a mebibyte.
  package static let pasteLimit = 1 << 20

  /// Keys that are decoded and not yet taken.
  private(set) var keys: [Key] = []
  /// Whether a paste has begun and not ended; its bytes must then be given to `paste` and not to ncurses.
  package private(set) var isPasting = false
  private var partial: [UInt8] = []
  private var pasted: [UInt8] = []
  /// How many bytes of the paste's end mark were just seen.
  private var matched = 0
  private var escape = Escape.none

  private enum Escape { case none, seen, sequence }

  private static let pasteEnd = Array("\u{1B}[201~".utf8)

  /// Starts with nothing read.
  package init() {}

  /// Takes the keys.
  package mutating func take() -> [Key] {
    defer { keys = [] }
    return keys
  }

  /// A key that ncurses knows by name.
  mutating func named(_ key: Key) {
    endEscape()
    keys.append(key)
  }

  /// A byte that ncurses has no name for.
  package mutating func byte(_ byte: UInt8) {
    switch escape {
    case .seen where byte == 0x5B || byte == 0x4F: escape = .sequence
    case .seen where byte >= 0x30 && byte <= 0x39:
      escape = .none
      keys.append(.function(byte == 0x30 ? 10 : Int(byte) - 0x30))
    case .sequence:
      // A sequence no one knows ends with a byte from @ to ~ (ECMA-48 5.4); as keys it would do who knows what.
      if byte >= 0x40 && byte <= 0x7E { escape = .none }
    default:
      endEscape()
      plain(byte)
    }
  }

  /// No more bytes wait: an Esc that nothing followed is a key.
  package mutating func pause() {
    if escape == .seen { endEscape() }
  }

  /// A paste begins.
  package mutating func beginPaste() {
    endEscape()
    isPasting = true
    matched = 0
    pasted = []
  }

  /// How many bytes may be read without reading past the end of the paste.
  package var pasteRoom: Int { Self.pasteEnd.count - matched }

  /// Bytes of the paste, at most `pasteRoom`.
  package mutating func paste(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      if byte == Self.pasteEnd[matched] {
        matched += 1
      } else {
        keep(Self.pasteEnd[..<matched])
        matched = byte == Self.pasteEnd[0] ? 1 : 0
        if matched == 0 { keep([byte]) }
      }
    }
    guard matched == Self.pasteEnd.count else { return }
    isPasting = false
    keys.append(.paste(String(decoding: pasted, as: UTF8.self)))
    pasted = []
  }

  private mutating func keep(_ bytes: some Collection<UInt8>) {
    if pasted.count + bytes.count <= Self.pasteLimit { pasted += bytes }
  }

  private mutating func endEscape() {
    if escape == .seen { keys.append(.escape) }
    escape = .none
  }

  private mutating func plain(_ byte: UInt8) {
    switch byte {
    case 0x80...: return multibyte(byte)
    case 0x1B: escape = .seen
    case 0x09: keys.append(.tab)
    case 0x0A, 0x0D: keys.append(.enter)
    case 0x08, 0x7F: keys.append(.backspace)
    case 0x01...0x1A: keys.append(.control(Character(UnicodeScalar(byte + 0x60))))
    case 0x20...0x7E: keys.append(.character(Character(UnicodeScalar(byte))))
    default: break
    }
    partial = []
  }

  /// Gathers UTF-8; bytes that are none are dropped.
  private mutating func multibyte(_ byte: UInt8) {
    if byte >= 0xC0 { partial = [] }
    partial.append(byte)
    let length = partial[0] >= 0xF0 ? 4 : partial[0] >= 0xE0 ? 3 : partial[0] >= 0xC0 ? 2 : 1
    guard partial.count >= length else { return }
    if let text = String(validating: partial, as: UTF8.self), let character = text.first {
      keys.append(.character(character))
    }
    partial = []
  }
}
