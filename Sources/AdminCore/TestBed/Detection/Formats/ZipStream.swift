import Platform

/// Reads a ZIP from front to back by its local headers, and the names of its directory as well, so that a file whose begin
/// or end is missing is still told by what is left of it. What is between its parts is searched for the next one.
final class ZipStream: ContentReader {
  private enum Phase {
    /// Looking for the next signature.
    case search
    /// Collecting a local header or a record of the directory.
    case header(isLocal: Bool)
    /// An entry's content of known size; nil for no limit but the end of its deflate stream.
    case content(left: UInt64?, isDeflated: Bool)
    /// A stored entry of unknown size: up to the next signature.
    case open
  }

  private let state: InspectionState
  private let makeInner: (String) -> any ContentReader
  private let finished: (_ isComplete: Bool) -> Void
  private lazy var deflate = state.deflateReader()
  private var inner: (any ContentReader)?
  private var phase = Phase.search
  private var pending: [UInt8] = []
  private var hasEnd = false

  /// - Parameters:
  ///   - makeInner: is given each name, of an entry or in the directory, and makes what reads it.
  ///   - finish: is called at the end, with whether the archive has one.
  init(
    _ state: InspectionState, makeInner: @escaping (String) -> any ContentReader,
    finish: @escaping (_ isComplete: Bool) -> Void
  ) {
    self.state = state
    self.makeInner = makeInner
    finished = finish
  }

  func read(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes
    while !rest.isEmpty, !state.isDecided {
      switch phase {
      case .search, .open: rest = search(rest)
      case .header(let isLocal): rest = collect(rest, isLocal: isLocal)
      case .content(let left, let isDeflated): rest = content(rest, left: left, isDeflated: isDeflated)
      }
    }
  }

  func finish() {
    if case .open = phase { pending.withUnsafeBytes { inner?.read($0) } }
    inner?.finish()
    finished(hasEnd)
  }

  // MARK: Signatures

  private static let mark: [UInt8] = [0x50, 0x4B]
  private static let local: [UInt8] = [0x50, 0x4B, 3, 4]
  private static let directory: [UInt8] = [0x50, 0x4B, 1, 2]
  private static let end: [UInt8] = [0x50, 0x4B, 5, 6]
  private static let descriptor: [UInt8] = [0x50, 0x4B, 7, 8]

  // What is looked at at once: an archive of many small entries is searched behind each of them.
  private static let window = 4096

  private func search(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    // A signature may begin in the piece before, of which three bytes were kept.
    let before = pending.count
    var isOpen = false
    if case .open = phase { isOpen = true }
    if !isOpen, before == 0, bytes.has(ZipStream.local) || bytes.has(ZipStream.directory) {
      phase = .header(isLocal: bytes.has(ZipStream.local))
      return bytes
    }
    let window = bytes.head(ZipStream.window)
    let joined = pending + window
    pending = []
    return joined.withUnsafeBytes { joined in
      var offset = 0
      while let found = joined.from(offset).firstOffset(of: ZipStream.mark) {
        let start = offset + found
        let rest = joined.from(start)
        guard rest.count >= 4 else { break }
        let isLocal = rest.has(ZipStream.local)
        guard isLocal || isOpen && rest.has(ZipStream.descriptor) || rest.has(ZipStream.directory)
        else {
          hasEnd = hasEnd || rest.has(ZipStream.end)
          offset = start + 1
          continue
        }
        endEntry(with: joined.part(0..<start), isOpen)
        if rest.has(ZipStream.descriptor) {
          phase = .search
          return bytes.from(start + 4 - before)
        }
        phase = .header(isLocal: isLocal)
        // At least its last byte is new, or it would have been found before.
        pending = Array(rest.head(max(0, before - start)))
        return bytes.from(max(0, start - before))
      }
      let kept = min(3, joined.count)
      if isOpen { inner?.read(joined.part(0..<joined.count - kept)) }
      pending = Array(joined.suffix(kept))
      return bytes.from(window.count)
    }
  }

  private func endEntry(with bytes: UnsafeRawBufferPointer, _ isOpen: Bool) {
    if isOpen { inner?.read(bytes) }
    inner?.finish()
    inner = nil
  }

  // MARK: Headers

  private func collect(_ bytes: UnsafeRawBufferPointer, isLocal: Bool) -> UnsafeRawBufferPointer {
    let fixed = isLocal ? 30 : 46
    var rest = bytes
    func fill(to count: Int) -> Bool {
      let missing = max(0, min(count - pending.count, rest.count))
      pending.append(contentsOf: rest.prefix(missing))
      rest = rest.from(missing)
      return pending.count >= count
    }
    guard fill(to: fixed) else { return rest }
    func number(_ offset: Int, _ size: Int) -> Int { pending.withUnsafeBytes { $0.little(offset, size) } ?? 0 }
    let nameSize = number(isLocal ? 26 : 28, 2)
    let extraSize = number(isLocal ? 28 : 30, 2)
    let whole = fixed + nameSize + extraSize + (isLocal ? 0 : number(32, 2))
    guard fill(to: whole) else { return rest }
    let header = pending
    pending = []
    let name = String(decoding: header[fixed..<fixed + nameSize], as: UTF8.self)
    guard isLocal else {
      _ = makeInner(name)
      phase = .search
      return rest
    }
    header.withUnsafeBytes { beginEntry($0, name, extra: $0.part(fixed + nameSize..<whole)) }
    return rest
  }

  private func beginEntry(_ header: UnsafeRawBufferPointer, _ name: String, extra: UnsafeRawBufferPointer) {
    let flags = header.little(6, 2) ?? 0
    let method = header.little(8, 2) ?? 0
    var size = UInt64(header.little(18, 4) ?? 0)
    if size == 0xFFFF_FFFF { size = ZipStream.largeSize(extra) ?? size }
    let hasSize = flags & 8 == 0 || size > 0
    let reader = makeInner(name)
    inner = nil
    guard flags & 1 == 0, method == 0 || method == 8 else {
      state.note(flags & 1 == 0 ? .compressed : .encrypted)
      phase = hasSize ? .content(left: size, isDeflated: false) : .search
      return endIfEmpty(size, hasSize)
    }
    if !name.hasSuffix("/") { inner = reader }
    if method == 8 { deflate?.reset() }
    phase =
      hasSize
      ? .content(left: size, isDeflated: method == 8) : method == 8 ? .content(left: nil, isDeflated: true) : .open
    endIfEmpty(size, hasSize)
  }

  private func endIfEmpty(_ size: UInt64, _ hasSize: Bool) {
    guard hasSize, size == 0 else { return }
    inner?.finish()
    inner = nil
    phase = .search
  }

  // The extra field of ZIP64 has the content's size first, the packed size behind it.
  private static func largeSize(_ extra: UnsafeRawBufferPointer) -> UInt64? {
    var rest = extra
    while let id = rest.little(0, 2), let size = rest.little(2, 2) {
      if id == 1 { return rest.little(12, 7).map(UInt64.init) }
      rest = rest.from(4 + size)
    }
    return nil
  }

  // MARK: Content

  private func content(_ bytes: UnsafeRawBufferPointer, left: UInt64?, isDeflated: Bool) -> UnsafeRawBufferPointer {
    let piece = left.map { bytes.head(Int(clamping: $0)) } ?? bytes
    var taken = piece.count
    if isDeflated, let reader = inner, let deflate {
      let outcome = deflate.read(piece) { out in
        guard state.unpack(out.count), !state.isDecided else { return false }
        reader.read(out)
        return true
      }
      switch outcome {
      case .going: break
      case .stopped:
        if !state.isDecided { state.note(.damaged) }
        endEntry(with: bytes.part(0..<0), false)
        // Without a size the next header is searched for.
        if left == nil { taken = 0 }
      case .ended(let unread):
        endEntry(with: bytes.part(0..<0), false)
        if left == nil { taken = piece.count - unread }
      }
      if left == nil, outcome != .going {
        phase = .search
        return bytes.from(taken)
      }
    } else {
      inner?.read(piece)
    }
    if let left {
      let remaining = left - UInt64(taken)
      if remaining == 0 { endEntry(with: bytes.part(0..<0), false) }
      phase = remaining == 0 ? .search : .content(left: remaining, isDeflated: isDeflated)
    }
    return bytes.from(taken)
  }
}
