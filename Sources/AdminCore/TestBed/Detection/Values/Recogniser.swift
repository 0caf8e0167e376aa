import Platform

/// Takes values apart, in any notation, and sees the dangerous things in them. Its time is linear in a value's size, its
/// memory bounded by it.
///
/// One recogniser serves one thread; it keeps what it learned of names, and its buffers.
package final class Recogniser {
  var hosts = HostShape()
  private let classes = ByteClasses()
  private var names: [UInt64: (bytes: [UInt8], name: FieldName)] = [:]
  private(set) var found: [Sight] = []
  private var places: Set<Place> = []
  private struct Place: Hashable {
    let kind: Sight.Kind
    let bytes: Range<Int>
  }
  private var look = Look.configuration
  private var wantsAll = true
  /// Bytes that may still be decoded for the value at hand.
  private var budget = 0

  private static let blockSize = 512 << 10
  private static let overlap = 4 << 10
  /// How deep notations may be nested.
  static let deepest = 6

  package init() {}

  /// Everything that stops a backup at such a place, in the order in which it was seen.
  ///
  /// - Parameters:
  ///   - bytes: the value, text or not.
  ///   - look: how closely the place is looked at.
  package func sights(in bytes: UnsafeRawBufferPointer, _ look: Look) -> [Sight] {
    examine(bytes, look, wantsAll: true)
    return found
  }

  /// The first of them, which is enough for a verdict.
  package func first(in bytes: UnsafeRawBufferPointer, _ look: Look) -> Sight? {
    examine(bytes, look, wantsAll: false)
    return found.first
  }

  /// Everything that stops a backup at such a place, in the order in which it was seen.
  package static func sights(in bytes: UnsafeRawBufferPointer, _ look: Look) -> [Sight] {
    Recogniser().sights(in: bytes, look)
  }

  /// The same for a text.
  package static func sights(in text: String, _ look: Look) -> [Sight] {
    var text = text
    return text.withUTF8 { sights(in: UnsafeRawBufferPointer($0), look) }
  }

  /// The first of them, which is enough for a verdict.
  package static func first(in bytes: UnsafeRawBufferPointer, _ look: Look) -> Sight? {
    Recogniser().first(in: bytes, look)
  }

  /// The first thing that stops a backup in a value with a name: the name tells where the value does not.
  package func first(in bytes: UnsafeRawBufferPointer, under name: FieldName, _ look: Look) -> Sight? {
    if look != .content, let sight = sight(byName: name, bytes, look) { return sight }
    guard name.isIdentifier else { return first(in: bytes, look) }
    return sights(in: bytes, look).first { $0.kind != .random }
  }

  /// The same for a text.
  package func first(in text: String, under name: FieldName, _ look: Look) -> Sight? {
    var text = text
    return text.withUTF8 { first(in: UnsafeRawBufferPointer($0), under: name, look) }
  }

  /// What the name that stands in a column beside a value says of it.
  package func first(in bytes: UnsafeRawBufferPointer, beside name: FieldName) -> Sight? {
    let value = bytes.bindMemory(to: UInt8.self)
    let range = value.startIndex..<value.endIndex
    guard !range.isEmpty, range.count <= 4096, !PlainValue.isSwitch(value, range) else { return nil }
    if name.isSecret, PlainValue.canBeSecret(value, range, isHard: name.secrecy == .hard) {
      return Sight(.secret, range, value.text(range))
    }
    return name.isHost && PlainValue.canBeHost(value, range) ? Sight(.host, range, value.text(range)) : nil
  }

  /// What a value says as the name of another one: nil when it cannot be a name.
  package func identifier(_ bytes: UnsafeRawBufferPointer) -> FieldName? {
    let value = bytes.bindMemory(to: UInt8.self)
    guard FieldName.mayTell(value), value.allSatisfy({ $0.isWordByte || $0 == 0x2E || $0 == 0x2D || $0 == 0x3A }) else {
      return nil
    }
    return name(value)
  }

  /// What the name alone says of a value. An empty value, a switch and a small number are no danger under any name.
  private func sight(byName name: FieldName, _ bytes: UnsafeRawBufferPointer, _ look: Look) -> Sight? {
    guard name.isSecret || name.isAddress || name.isPhone else { return nil }
    let value = bytes.bindMemory(to: UInt8.self)
    var range = value.startIndex..<value.endIndex
    while let first = range.first, value[first].isASCIIBlank { range = first + 1..<range.upperBound }
    while let last = range.last, value[last].isASCIIBlank { range = range.lowerBound..<last }
    guard !range.isEmpty, !PlainValue.isSwitch(value, range) else { return nil }
    let text = value.text(range.prefix(256).startIndex..<range.prefix(256).endIndex)
    if name.isSecret { return look.stops(.secret) ? Sight(.secret, range, text) : nil }
    let isNumber = range.allSatisfy { value[$0].isASCIIDigit } && (range.count < 5 || (Int(text) ?? .max) <= 65535)
    if name.isPhone, look.stops(.phone), range.count(where: { value[$0].isASCIIDigit }) >= 5 {
      return Sight(.phone, range, text)
    }
    return name.isAddress && !isNumber && look.stops(.named) ? Sight(.named, range, text) : nil
  }

  /// The first of them in a text.
  package static func first(in text: String, _ look: Look) -> Sight? {
    var text = text
    return text.withUTF8 { first(in: UnsafeRawBufferPointer($0), look) }
  }

  private func examine(_ bytes: UnsafeRawBufferPointer, _ look: Look, wantsAll: Bool) {
    if !found.isEmpty {
      found.removeAll(keepingCapacity: true)
      places.removeAll(keepingCapacity: true)
    }
    let value = bytes.bindMemory(to: UInt8.self)
    if classes.with({ Glance.isPlain(value, $0) }) { return }
    self.look = look
    self.wantsAll = wantsAll
    // A text of many escapes costs its own size a few times over; a bomb of nested archives ends here.
    budget = max(1 << 20, bytes.count * 8)
    scan(value, .same, [])
  }

  /// Whether enough was seen.
  var isDone: Bool { !wantsAll && !found.isEmpty }

  /// Whether something of this kind is looked for.
  func seeks(_ kind: Sight.Kind) -> Bool { look.stops(kind) }

  /// Whether it is user content that is looked at.
  var isContent: Bool { look == .content }

  /// Whether it is configuration that is looked at.
  var isConfiguration: Bool { look == .configuration }

  func note(_ kind: Sight.Kind, _ range: Range<Int>, _ text: String, in part: TextScan) {
    guard look.stops(kind), found.count < 4096 else { return }
    let sight = Sight(kind, part.origin.place(range), text, in: part.notations)
    if places.insert(Place(kind: kind, bytes: sight.bytes)).inserted { found.append(sight) }
  }

  /// What a name says; names come again and again.
  func name(_ bytes: Bytes) -> FieldName {
    guard FieldName.mayTell(bytes, ofSecrets: isContent) else { return .plain }
    // FNV-1a.
    var key: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { key = (key ^ UInt64(byte)) &* 0x100_0000_01B3 }
    if let known = names[key], known.bytes.elementsEqual(bytes) { return known.name }
    let name = FieldName(bytes: bytes)
    if names.count < 4096 { names[key] = ([UInt8](bytes), name) }
    return name
  }

  /// Looks at a layer and at what its encoded parts say.
  func scan(_ bytes: Bytes, _ origin: Layer.Origin, _ notations: [Notation]) {
    guard !bytes.isEmpty, !isDone else { return }
    // A byte order mark is no part of the text.
    if bytes.count > 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF, notations.count < Recogniser.deepest {
      let positions = (3...bytes.count).map { Int32(truncatingIfNeeded: origin.place($0..<$0).lowerBound) }
      return scan(Bytes(rebasing: bytes[3...]), .positions(positions), notations)
    }
    let isBinary = EncodedText.isBinary(bytes)
    if isBinary, notations.last != .strings { return scanBinary(bytes, origin, notations) }
    if bytes.count > Recogniser.blockSize { return scanBlocks(bytes, origin, notations) }
    var part = TextScan(self, bytes, origin, notations)
    let seen = classes.with { part.run($0) }
    guard notations.count < Recogniser.deepest, !isDone else { return }
    if seen.contains(.line), !seen.isDisjoint(with: [.comma, .semicolon, .bar, .blank]) { part.lookForNamedColumns() }
    // A few control characters make no binary data of a text, but something may stand between them.
    if seen.contains(.control), notations.last != .strings { scanStrings(bytes, origin, notations) }
    if seen.isSubset(of: [.digit, .lower, .upper, .blank, .line, .colon, .hyphen, .delimiter]), bytes.count >= 16,
      let inner = EncodedText.hex(bytes)
    {
      decode(inner, standingFor: 0..<bytes.count, .hex, in: part)
    }
    if !seen.isDisjoint(with: [.backslash, .percent, .ampersand, .equals, .high]),
      let layer = Escapes.decoded(bytes, below: origin, notations)
    {
      decode(layer)
    }
  }

  // A long text is looked at block by block, so that what is decoded of it takes little memory.
  private func scanBlocks(_ bytes: Bytes, _ origin: Layer.Origin, _ notations: [Notation]) {
    var start = 0
    while start < bytes.count, !isDone {
      var end = min(bytes.count, start + Recogniser.blockSize)
      if end < bytes.count, let blank = bytes[start..<end].suffix(Recogniser.overlap).lastIndex(where: \.isASCIIBlank) {
        end = blank + 1
      }
      scan(Bytes(rebasing: bytes[start..<end]), origin.shifted(by: start), notations)
      if end == bytes.count { return }
      // A name may stand at the end of a block and its value at the beginning of the next.
      start = max(start + 1, end - Recogniser.overlap)
    }
  }

  /// Looks at a decoded layer while there is budget.
  func decode(_ layer: Layer) {
    guard layer.notations.count <= Recogniser.deepest, layer.bytes.count <= budget else { return }
    budget -= layer.bytes.count
    layer.bytes.withUnsafeBufferPointer { scan($0, layer.origin, layer.notations) }
  }

  /// Looks at bytes that an encoded part stands for, when they say something.
  ///
  /// - Returns: whether they do.
  @discardableResult
  func decode(_ bytes: [UInt8], standingFor range: Range<Int>, _ notation: Notation, in part: TextScan) -> Bool {
    guard part.notations.count < Recogniser.deepest else { return false }
    let origin = Layer.Origin.part(part.origin.place(range))
    let notations = part.notations + [notation]
    if EncodedText.isText(bytes) {
      decode(Layer(bytes: bytes, origin: origin, notations: notations))
      return true
    }
    if Media.isKnown(bytes) { return true }
    return bytes.withUnsafeBufferPointer { buffer in
      guard isTelling(buffer) else { return false }
      scanBinary(buffer, origin, notations)
      return true
    }
  }

  /// Whether the beginning of what an encoded part stands for says something: text, or a known form.
  func tells(_ bytes: [UInt8]) -> Bool {
    // A character may be cut at the end.
    let whole = bytes.suffix(3).lastIndex { $0 < 0x80 }.map { bytes[...$0] } ?? bytes[...]
    return EncodedText.isText(Array(whole)) || Media.isKnown(bytes)
      || bytes.withUnsafeBufferPointer { isTelling($0) }
  }

  // Whether bytes are of a known form, so that they were no random value.
  private func isTelling(_ bytes: Bytes) -> Bool {
    let raw = UnsafeRawBufferPointer(bytes)
    if DatabaseFile.isDatabase(raw, FileName(""), size: UInt64(bytes.count)) { return true }
    if KeyMaterial.kind(of: raw) != nil || bytes.starts(with: EncodedText.javaSerialised) { return true }
    if let wide = EncodedText.wide(bytes) { return EncodedText.isText(wide.text) }
    return !Compressed.unpacked(raw, limit: 64).isEmpty
  }

  private func scanBinary(_ bytes: Bytes, _ origin: Layer.Origin, _ notations: [Notation]) {
    guard notations.count < Recogniser.deepest else { return }
    let place = Layer.Origin.part(origin.place(0..<bytes.count))
    let raw = UnsafeRawBufferPointer(bytes)
    if let kind = KeyMaterial.kind(of: raw) {
      return note(kind, 0..<bytes.count, "", in: TextScan(self, bytes, place, notations))
    }
    if DatabaseFile.isDatabase(raw, FileName(""), size: UInt64(bytes.count)) {
      return note(.database, 0..<bytes.count, "", in: TextScan(self, bytes, place, notations))
    }
    if let wide = EncodedText.wide(bytes) {
      return decode(Layer(bytes: wide.text, origin: place, notations: notations + [wide.notation]))
    }
    // MySQL's COMPRESS() puts the length before what zlib made.
    let packed =
      bytes.count > 10 && bytes[4] == 0x78 && bytes[3] < 0x40 ? UnsafeRawBufferPointer(rebasing: raw[4...]) : raw
    var parts = Compressed.unpacked(raw, limit: min(budget, 1 << 20))
    if parts.isEmpty, packed.count < raw.count { parts = Compressed.unpacked(packed, limit: min(budget, 1 << 20)) }
    for part in parts { decode(Layer(bytes: part.bytes, origin: place, notations: notations + [part.notation])) }
    guard parts.isEmpty, !bytes.prefix(16).withMediaSignature else { return }
    scanStrings(bytes, origin, notations)
  }

  // The texts in binary data.
  private func scanStrings(_ bytes: Bytes, _ origin: Layer.Origin, _ notations: [Notation]) {
    let strings = EncodedText.strings(bytes, least: 6)
    guard !strings.isEmpty else { return }
    let place = Layer.Origin.part(origin.place(0..<bytes.count))
    decode(Layer(bytes: strings, origin: place, notations: notations + [.strings]))
  }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
  /// Whether a picture, a sound, a font or a page begins so.
  fileprivate var withMediaSignature: Bool { Media.isKnown([UInt8](self)) }
}
