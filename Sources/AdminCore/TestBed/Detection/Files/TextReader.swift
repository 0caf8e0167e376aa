import Platform

/// Looks at a text block by block, each block as what it is: configuration or content.
final class TextReader: ContentReader {
  private let name: FileName
  private let state: InspectionState
  private let recogniser: Recogniser
  private let notations: [Notation]
  private let isPartOfDocument: Bool
  private var decoder: TextDecoder
  private var block: [UInt8] = []
  private var shape: TextShape?
  private static let blockSize = 128 << 10
  // A name may stand on the line before its value, a certificate before its key.
  private static let carried = 1024

  init(
    _ name: FileName, _ encoding: TextEncoding, state: InspectionState, recogniser: Recogniser, notations: [Notation],
    isPartOfDocument: Bool
  ) {
    self.name = name
    self.state = state
    self.recogniser = recogniser
    self.notations = notations
    self.isPartOfDocument = isPartOfDocument
    decoder = TextDecoder(encoding)
  }

  func read(_ bytes: UnsafeRawBufferPointer) {
    guard !state.isDecided else { return }
    var rest = bytes
    while !rest.isEmpty {
      let piece = rest.head(TextReader.blockSize)
      decoder.decode(piece, to: &block)
      rest = rest.from(piece.count)
      if block.count >= TextReader.blockSize { look(isLast: false) }
    }
  }

  func finish() { look(isLast: true) }

  private func look(isLast: Bool) {
    guard !block.isEmpty, !state.isDecided else { return }
    // Lines are looked at whole, unless one is as long as a block.
    let end = isLast ? block.count : block.lastIndex(of: 0x0A).map { $0 + 1 } ?? block.count
    block.withUnsafeBytes { look(at: $0.part(0..<end), isWhole: isLast && shape == nil) }
    if isLast { return block = [] }
    var start = max(0, end - TextReader.carried)
    if start > 0, let line = block[start..<end].firstIndex(of: 0x0A), line + 1 < end { start = line + 1 }
    block.removeSubrange(0..<start)
  }

  private func look(at bytes: UnsafeRawBufferPointer, isWhole: Bool) {
    if DatabaseDump.isDump(bytes) { return note(.database, bytes) }
    // One reason to stop is enough; only what must not travel weighs more.
    guard !state.isDangerous else { return }
    if KeyText.holdsMarker(bytes) || KeyText.holdsWebKey(bytes) { return note(.key, bytes) }
    if shape == nil, let kind = KeyText.kind(ofHead: bytes) { return note(kind, bytes) }
    let shape = shape ?? TextShape(bytes, name, isWhole: isWhole)
    self.shape = shape
    // A piece of configuration may stand in the middle of prose, but not in a page.
    let isConfiguration =
      !isPartOfDocument
      && (shape == .configuration || shape == .prose && TextShape(bytes, name, isWhole: false) == .configuration)
    if CredentialLines.hasSecret(bytes, name, isConfiguration: isConfiguration) { return note(.secret, bytes) }
    let sight: Sight?
    if shape == .token, !isPartOfDocument {
      sight = recogniser.first(in: bytes, .configuration)
    } else {
      sight = TextReader.withoutNames(bytes, isConfiguration) { text in
        guard isConfiguration else { return recogniser.first(in: text, .content) }
        return recogniser.sights(in: text, .plain).first { $0.kind != .random }
      }
    }
    if let sight { state.note(Sight(sight.kind, sight.bytes, in: notations + sight.notations)) }
  }

  // What stands for itself alone is covered with blanks: names of namespaces in settings, certificates everywhere.
  private static func withoutNames(
    _ bytes: UnsafeRawBufferPointer, _ isConfiguration: Bool, _ look: (UnsafeRawBufferPointer) -> Sight?
  ) -> Sight? {
    let hasArmour = bytes.firstOffset(of: Array("-----BEGIN ".utf8)) != nil
    guard isConfiguration || hasArmour else { return look(bytes) }
    var text = isConfiguration ? MarkupNames.blanked(bytes) : [UInt8](bytes)
    if hasArmour { PublicArmour.blank(&text) }
    return text.withUnsafeBytes(look)
  }

  private func note(_ kind: Sight.Kind, _ bytes: UnsafeRawBufferPointer) {
    state.note(Sight(kind, 0..<bytes.count, in: notations))
  }
}
