import Glibc

/// Searches content that is no text for private keys in PEM, at the speed of the C library's search.
final class MarkerReader: ContentReader {
  private let state: InspectionState
  private let notations: [Notation]
  private var tail: [UInt8] = []
  private var isDone = false

  init(_ state: InspectionState, _ notations: [Notation]) {
    self.state = state
    self.notations = notations
  }

  func read(_ bytes: UnsafeRawBufferPointer) {
    guard !isDone else { return }
    // A marker may begin in the piece before.
    let joint = tail + bytes.prefix(KeyText.reach)
    if joint.withUnsafeBytes({ KeyText.holdsMarkerInBinary($0) }) || KeyText.holdsMarkerInBinary(bytes) {
      isDone = true
      state.note(Sight(.key, 0..<0, in: notations))
    }
    tail = Array((tail + bytes.suffix(KeyText.reach)).suffix(KeyText.reach))
  }

  func finish() {}
}

/// Content of no known format: private keys and texts in it are looked for, and whether anything in it can be understood.
final class BinaryReader: ContentReader {
  private let state: InspectionState
  private let recogniser: Recogniser
  private let notations: [Notation]
  private let markers: MarkerReader
  private let looksRandom: Bool
  private var block: [UInt8] = []
  private var tail: [UInt8] = []
  private static let blockSize = 64 << 10

  init(_ head: UnsafeRawBufferPointer, state: InspectionState, recogniser: Recogniser, notations: [Notation]) {
    self.state = state
    self.recogniser = recogniser
    self.notations = notations
    markers = MarkerReader(state, notations)
    looksRandom = Entropy.looksRandom(head)
    // What somebody encoded as text is looked at there.
    if looksRandom, !state.isDangerous, !BinaryReader.isUnderstood(head), notations.last != .base64,
      notations.last != .hex
    {
      state.note(.random)
    }
  }

  // Certificates, public keys, and stores of them: one element of DER that takes all of it, or a Java store without keys.
  private static func isUnderstood(_ head: UnsafeRawBufferPointer) -> Bool {
    if head.has([0xFE, 0xED, 0xFE, 0xED]) { return true }
    guard let element = DER(head), element.tag == DER.sequence, element.isWhole else { return false }
    return element.rest.isEmpty
  }

  func read(_ bytes: UnsafeRawBufferPointer) {
    markers.read(bytes)
    tail = Array((tail + bytes.suffix(8)).suffix(8))
    // Random bytes have no texts in them.
    guard !looksRandom, !state.isDangerous else { return }
    var rest = bytes
    while !rest.isEmpty {
      let count = min(BinaryReader.blockSize - block.count, rest.count)
      block.append(contentsOf: rest.prefix(count))
      rest = rest.from(count)
      if block.count == BinaryReader.blockSize {
        look()
        // A text that goes over the border is seen from its begin.
        block = Array(block.suffix(256))
      }
    }
  }

  func finish() {
    look()
    if DatabaseFile.isTable(tail: tail) { state.note(Sight(.database, 0..<0, in: notations)) }
  }

  private func look() {
    guard !state.isDangerous else { return }
    block.withUnsafeBytes { bytes in
      guard let sight = recogniser.first(in: bytes, .content) else { return }
      state.note(Sight(sight.kind, sight.bytes, in: notations + sight.notations))
    }
  }
}

/// Whether bytes are too evenly spread to say anything.
enum Entropy {
  /// Whether bytes look like the output of a cipher or of a generator. Of fewer than 16 nothing can be said.
  static func looksRandom(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 16 else { return false }
    var counts = [Int](repeating: 0, count: 256)
    for byte in bytes { counts[Int(byte)] += 1 }
    let size = Double(bytes.count)
    if bytes.count < 1024 {
      // Few bytes repeat: as many different ones as chance gives, less a tenth.
      let expected = 256 * (1 - pow(255 / 256, size))
      return Double(counts.count { $0 > 0 }) >= expected * 0.9
    }
    let entropy = counts.reduce(0.0) { $1 == 0 ? $0 : $0 - Double($1) / size * log2(Double($1) / size) }
    // A sample of random bytes has 255/(2n ln 2) bits less than eight.
    return entropy >= 8 - 255 / (2 * size * log(2)) * 1.5 - 0.05
  }
}
