/// The inspection of one content: a file's, or that of a file inside another. How it begins decides who reads it.
final class ContentInspection: ContentReader {
  private let name: FileName
  private let size: UInt64?
  private let state: InspectionState
  private let recogniser: Recogniser
  private let notations: [Notation]
  /// Archives around it.
  private let depth: Int
  /// Whether it is part of a document or program, whose addresses are nobody's configuration.
  private let isPartOfDocument: Bool
  private var head: [UInt8] = []
  private var readers: [any ContentReader]?

  // Enough for every key, and to tell a text by its lines.
  private static let headSize = 64 << 10

  init(
    _ name: FileName, size: UInt64?, state: InspectionState, recogniser: Recogniser, notations: [Notation] = [],
    depth: Int = 0,
    isPartOfDocument: Bool = false
  ) {
    self.name = name
    self.size = size
    self.state = state
    self.recogniser = recogniser
    self.notations = notations
    self.depth = depth
    self.isPartOfDocument = isPartOfDocument
  }

  func read(_ bytes: UnsafeRawBufferPointer) {
    guard !state.isDecided, !bytes.isEmpty else { return }
    if let readers {
      for reader in readers { reader.read(bytes) }
      return
    }
    let missing = ContentInspection.headSize - head.count
    if head.isEmpty, bytes.count >= missing { return begin(bytes, isWhole: false) }
    head.append(contentsOf: bytes.prefix(missing))
    guard head.count == ContentInspection.headSize else { return }
    let held = head
    head = []
    held.withUnsafeBytes { begin($0, isWhole: false) }
    read(bytes.from(missing))
  }

  func finish() {
    if readers == nil {
      let held = head
      head = []
      held.withUnsafeBytes { begin($0, isWhole: true) }
    }
    guard !state.isDecided else { return }
    for reader in readers ?? [] { reader.finish() }
  }

  private func begin(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) {
    let head = bytes.head(ContentInspection.headSize)
    readers = []
    if DatabaseFile.isDatabase(head, name, size: isWhole ? UInt64(bytes.count) : size) {
      return state.note(sight(.database, head))
    }
    if BackupArchive.isRows(name) { return state.note(sight(.archive, head)) }
    let format = FileFormat(head)
    // A text is searched by its own reader, once it is decoded.
    if format == nil, let kind = KeyMaterial.kind(ofBinary: head) { state.note(sight(kind, head)) }
    let made = readers(for: head, format, isWhole: isWhole)
    readers = made
    for reader in made { reader.read(bytes) }
  }

  private func sight(_ kind: Sight.Kind, _ bytes: UnsafeRawBufferPointer) -> Sight {
    Sight(kind, 0..<bytes.count, in: notations)
  }

  private func readers(for head: UnsafeRawBufferPointer, _ format: FileFormat?, isWhole: Bool) -> [any ContentReader] {
    switch format {
    case .archive(let form):
      guard depth < InspectionState.deepest, notations.count < InspectionState.longest else {
        state.note(.nested)
        return [MarkerReader(state, notations)]
      }
      return [unpacker(form)]
    case .closed(let opacity):
      state.note(opacity)
      return []
    case .media: return [MarkerReader(state, notations)]
    case nil: break
    }
    guard let encoding = TextEncoding(head) else {
      // The begin of an archive may be missing, or a program may stand before it.
      let binary = BinaryReader(head, state: state, recogniser: recogniser, notations: notations)
      return depth < InspectionState.deepest ? [binary, unpacker(.zip)] : [binary]
    }
    let notations = self.notations + (encoding.notation.map { [$0] } ?? [])
    let text = TextReader(
      name, encoding, state: state, recogniser: recogniser, notations: notations, isPartOfDocument: isPartOfDocument)
    guard encoding == .bytes, notations.count < InspectionState.longest, let code = TextCode(head) else {
      return [text]
    }
    return [DecodingReader(code, inner(code.notation, name)), text]
  }

  private func unpacker(_ form: FileFormat.Archive) -> any ContentReader {
    switch form {
    case .gzip: return GzipReader(state) { [self] in inner(.gzip, name.unpacked) }
    case .zlib: return ZlibReader(state) { [self] in inner(.zlib, name) }
    case .tar: return TarStream(state) { [self] in inner(.tar, $0) }
    case .zip:
      let names = BackupArchive.Names()
      return ZipStream(state) { [self] entry in
        names.see(entry)
        if names.isBackup { state.note(Sight(.archive, 0..<0, in: notations)) }
        return inner(.zip, FileName(entry), isPartOfDocument: isPartOfDocument || names.isDocument)
      } finish: { [self] isComplete in
        if names.isPartOfBackup, !isComplete { state.note(Sight(.archive, 0..<0, in: notations)) }
      }
    }
  }

  private func inner(_ notation: Notation, _ name: FileName, isPartOfDocument: Bool = false) -> ContentInspection {
    ContentInspection(
      name, size: nil, state: state, recogniser: recogniser, notations: notations + [notation],
      depth: depth + (notation == .zip || notation == .tar ? 1 : 0),
      isPartOfDocument: isPartOfDocument)
  }
}
