import Archive

/// Inflates a deflate stream that comes in pieces, giving on at most 64 KiB at a time.
final class DeflateReader {
  enum Outcome: Equatable {
    /// All input was taken.
    case going
    /// The stream ended; so many bytes of the input come after it.
    case ended(unread: Int)
    /// What it was given is no deflate stream, or whoever took the output wants no more.
    case stopped
  }

  private let inflater: Inflater
  private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

  /// - Throws: `AdminError` (`inputOutput`) without memory.
  init() throws { inflater = try Inflater() }

  deinit { output.deallocate() }

  func reset() { inflater.reset() }

  /// - Parameter take: takes what was inflated and tells whether to go on.
  func read(_ input: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) -> Bool) -> Outcome {
    inflater.feed(input)
    while true {
      let (step, count) = inflater.step(into: output)
      if count > 0, !take(UnsafeRawBufferPointer(rebasing: output[..<count])) { return .stopped }
      switch step {
      case .ended: return .ended(unread: inflater.unread)
      case .broken: return .stopped
      case .going: if inflater.unread == 0, count < output.count { return .going }
      }
    }
  }
}

/// gzip (RFC 1952): members one after another, each with a header of its own.
final class GzipReader: ContentReader {
  private enum Phase { case header, content, trailer, done }

  private let state: InspectionState
  private let makeInner: () -> any ContentReader
  private let deflate: DeflateReader?
  private var inner: (any ContentReader)?
  private var phase = Phase.header
  private var pending: [UInt8] = []
  // A member's name and comment have no bound; nobody writes longer ones.
  private static let longestHeader = 128 << 10

  init(_ state: InspectionState, _ makeInner: @escaping () -> any ContentReader) {
    self.state = state
    self.makeInner = makeInner
    deflate = state.deflateReader()
  }

  func read(_ bytes: UnsafeRawBufferPointer) {
    guard let deflate else { return }
    var rest = bytes
    while !rest.isEmpty {
      switch phase {
      case .done: return
      case .header: rest = readHeader(rest)
      case .content:
        let outcome = deflate.read(rest) { piece in
          guard state.unpack(piece.count), !state.isDecided else { return false }
          inner?.read(piece)
          return true
        }
        switch outcome {
        case .going: return
        case .stopped:
          if !state.isDecided { state.note(.damaged) }
          phase = .done
        case .ended(let unread):
          rest = rest.from(rest.count - unread)
          phase = .trailer
        }
      case .trailer:
        // Checksum and size.
        let count = min(8 - pending.count, rest.count)
        pending.append(contentsOf: rest.prefix(count))
        rest = rest.from(count)
        if pending.count == 8 { (pending, phase) = ([], .header) }
      }
    }
  }

  func finish() {
    if phase == .content { state.note(.damaged) }
    inner?.finish()
  }

  private func readHeader(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let before = pending.count
    pending.append(contentsOf: bytes.prefix(GzipReader.longestHeader))
    let length = pending.withUnsafeBytes { GzipReader.headerLength($0) }
    guard let length else {
      if pending.count > GzipReader.longestHeader { phase = .done }
      return bytes.from(GzipReader.longestHeader)
    }
    // Zeros or anything else may stand behind the last member.
    guard length > 0 else {
      phase = .done
      return bytes
    }
    pending = []
    deflate?.reset()
    // Members are parts of one content.
    if inner == nil { inner = makeInner() }
    phase = .content
    return bytes.from(length - before)
  }

  /// The length of a member's header; nil when it is not all there, 0 when there is none.
  static func headerLength(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard bytes.count >= 10 else { return bytes.has([0x1F, 0x8B].prefix(bytes.count).map { $0 }) ? nil : 0 }
    guard bytes.has([0x1F, 0x8B, 0x08]) else { return 0 }
    let flags = bytes[3]
    var offset = 10
    if flags & 4 != 0 {
      guard let extra = bytes.little(offset, 2) else { return nil }
      offset += 2 + extra
    }
    for flag: UInt8 in [8, 16] where flags & flag != 0 {
      guard let end = bytes.from(offset).firstIndex(of: 0) else { return nil }
      offset += end + 1
    }
    if flags & 2 != 0 { offset += 2 }
    return offset <= bytes.count ? offset : nil
  }
}

/// zlib (RFC 1950): one deflate stream between a header of two bytes and a checksum.
final class ZlibReader: ContentReader {
  private let state: InspectionState
  private let deflate: DeflateReader?
  private let inner: any ContentReader
  private var skipped = 0
  private var isDone = false

  init(_ state: InspectionState, _ makeInner: () -> any ContentReader) {
    self.state = state
    deflate = state.deflateReader()
    inner = makeInner()
  }

  func read(_ bytes: UnsafeRawBufferPointer) {
    guard let deflate, !isDone else { return }
    let header = min(2 - skipped, bytes.count)
    skipped += header
    let outcome = deflate.read(bytes.from(header)) { piece in
      guard state.unpack(piece.count), !state.isDecided else { return false }
      inner.read(piece)
      return true
    }
    isDone = outcome != .going
  }

  func finish() { inner.finish() }

  /// Whether the first bytes of a deflate stream give something.
  static func inflates(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let reader: DeflateReader
    do { reader = try DeflateReader() } catch { return false }
    var count = 0
    let outcome = reader.read(bytes) { piece in
      count += piece.count
      return count < 4096
    }
    return count >= 4096 || outcome != .stopped && count > 0
  }
}

extension InspectionState {
  /// A reader of deflate streams; nil, and noted, without memory.
  func deflateReader() -> DeflateReader? {
    do { return try DeflateReader() } catch {
      note(.memory)
      return nil
    }
  }
}
