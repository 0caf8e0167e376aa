/// One walk over a text: run by run, a run being what stands between blanks, quotes, brackets and the like. What a run
/// may be is told by the classes of its bytes; a plain word costs nothing more.
struct TextScan {
  let recogniser: Recogniser
  let text: Bytes
  let origin: Layer.Origin
  let notations: [Notation]
  /// Where the encoded part that was decoded last ends: its runs are not looked at one by one.
  var decodedUntil = 0

  // Enough to know every key and every packed form by.
  private static let headSize = 64 << 10

  /// A run with what stands before it.
  struct Run {
    let range: Range<Int>
    let classes: ByteClass
    /// What stands between it and the run before.
    let gap: ByteClass
    /// Whether the run before ends with a colon.
    let followsColon: Bool
  }

  init(_ recogniser: Recogniser, _ text: Bytes, _ origin: Layer.Origin, _ notations: [Notation]) {
    self.recogniser = recogniser
    self.text = text
    self.origin = origin
    self.notations = notations
  }

  /// Looks at everything; tells which classes of bytes there are.
  ///
  /// - Parameter classes: the table of `ByteClasses`.
  mutating func run(_ classes: UnsafePointer<UInt32>) -> ByteClass {
    let count = text.count
    let delimiter = ByteClass.delimiter.rawValue
    let plain = ByteClass.plainWord.rawValue
    let structured = ByteClass([.quote, .equals, .greater, .nul, .dollar, .bar]).rawValue
    let atStart = ByteClass.line.rawValue
    var all: UInt32 = 0
    var gap = ByteClass.line.rawValue
    var followsColon = false
    var index = 0
    while index < count {
      var byte = classes[Int(text[index])]
      if byte & delimiter != 0 {
        gap |= byte
        index += 1
        continue
      }
      // In `"name":value` the colon belongs to what stands between.
      if text[index] == 0x3A, index + 1 < count, classes[Int(text[index + 1])] & delimiter == 0,
        text[index + 1] != 0x3A,
        gap & ByteClass.quote.rawValue != 0
      {
        followsColon = true
        index += 1
        byte = classes[Int(text[index])]
      }
      let start = index
      var run: UInt32 = 0
      repeat {
        run |= byte
        index += 1
        guard index < count else { break }
        byte = classes[Int(text[index])]
      } while byte & delimiter == 0
      all |= run | gap
      // A lone colon or hyphen stands between a name and its value in some notations, and is neither.
      if index - start == 1, text[start] == 0x3A || text[start] == 0x2D {
        followsColon = followsColon || text[start] == 0x3A
        continue
      }
      if run & ~plain != 0 || index - start >= 12 || gap & structured != 0 || followsColon || text[start] == 0x2D
        || text[start] | 0x20 == 0x70 || gap & atStart != 0 || index - start == 10,
        start >= decodedUntil
      {
        examine(
          Run(
            range: start..<index, classes: ByteClass(rawValue: run), gap: ByteClass(rawValue: gap),
            followsColon: followsColon))
        if recogniser.isDone { return ByteClass(rawValue: all) }
      }
      followsColon = text[index - 1] == UInt8(ascii: ":")
      gap = 0
    }
    return ByteClass(rawValue: all | gap)
  }

  func note(_ kind: Sight.Kind, _ range: Range<Int>, _ seen: Range<Int>? = nil) {
    recogniser.note(kind, range, text.text(seen ?? range), in: self)
  }

  private mutating func examine(_ run: Run) {
    let classes = run.classes
    if text[run.range.lowerBound] == 0x2D, lookForKey(run.range) { return }
    lookForNamedValue(run)
    if recogniser.isDone { return }
    if !classes.isDisjoint(with: .digit), text[run.range.lowerBound] == 0x30 { lookForPhone(run) }
    // Numbers, dates and times are the most frequent of what is no plain word.
    if classes.isSubset(of: [.digit, .hyphen, .colon]), run.range.count < 16 {
      if classes.contains(.colon), recogniser.seeks(.address), HostShape.isIPv6(text, run.range) {
        note(.address, run.range)
      }
      return
    }
    if classes.contains(.colon) { lookForURL(run) }
    if classes.contains(.at) { lookForMail(run) }
    if recogniser.isDone { return }
    if !recogniser.isContent {
      if classes.contains(.colon) { lookForPort(run) }
      if classes.contains(.dot) { lookForHosts(run) }
      if !classes.isDisjoint(with: [.slash, .backslash]) { lookForPath(run) }
      if text[run.range.lowerBound] == UInt8(ascii: "+") { lookForPhone(run) }
      if recogniser.isDone { return }
    }
    if run.range.count >= 12 || run.gap.contains(.dollar) { lookForCode(run) }
  }

  // MARK: Keys, tokens, encoded parts

  private func lookForKey(_ range: Range<Int>) -> Bool {
    // PEM (RFC 7468) and the armour of OpenPGP (RFC 9580) and of SSH2 (RFC 4716).
    var index = range.lowerBound
    while index < text.count, text[index] == 0x2D { index += 1 }
    guard index - range.lowerBound >= 4 else { return false }
    while index < text.count, text[index] == 0x20 { index += 1 }
    guard text.has("begin ", at: index) else { return false }
    let title = text[index..<min(index + 64, text.count)].prefix { $0 != 0x0A && $0 != 0x0D }
    guard String(decoding: title, as: UTF8.self).contains("PRIVATE KEY") else { return false }
    note(.key, range.lowerBound..<title.endIndex)
    return true
  }

  private mutating func lookForCode(_ run: Run) {
    let range = run.range
    if TokenShape.isToken(text, range) || (run.gap.contains(.dollar) && TokenShape.isPasswordHash(text, range)) {
      note(.token, range)
      return
    }
    // Parts of a run that may stand for other bytes: letters, digits and the signs of base64.
    var start = range.lowerBound
    for index in range.lowerBound...range.upperBound {
      let isEnd =
        index == range.upperBound
        || !(text[index].isASCIILetter || text[index].isASCIIDigit || [0x2B, 0x2D, 0x2F, 0x5F].contains(text[index]))
      guard isEnd else { continue }
      if index - start >= 12, lookForEncoded(start..<index, run), start == range.lowerBound, index == range.upperBound {
        return
      }
      if recogniser.isDone { return }
      start = index + 1
    }
    guard recogniser.seeks(.random), RandomShape.isRandom(text, range) else { return }
    note(.random, range)
  }

  // Whether the part stands for other bytes, which were looked at.
  private mutating func lookForEncoded(_ range: Range<Int>, _ run: Run) -> Bool {
    let part = Bytes(rebasing: text[range])
    if range.count >= 16, part.allSatisfy({ $0.hexValue != nil || $0 == 0x78 }), let bytes = EncodedText.hex(part),
      recogniser.decode(bytes, standingFor: range, .hex, in: self)
    {
      return true
    }
    guard part.contains(where: \.isASCIILower) && part.contains(where: { $0.isASCIIUpper || $0.isASCIIDigit }) else {
      return false
    }
    var whole = range
    var lastLongLine = range.upperBound
    // Mail programs wrap base64: the lines after a long one belong to it.
    if range.count >= 56, range.upperBound == run.range.upperBound {
      var end = range.upperBound
      while end < text.count {
        var next = end
        while next < text.count, text[next] == 0x0D || text[next] == 0x0A || text[next] == 0x20 { next += 1 }
        guard next > end, next - end <= 4 else { break }
        let line = text[next...].prefix {
          $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x2B || $0 == 0x2F || $0 == 0x3D || $0 == 0x2D || $0 == 0x5F
        }
        guard line.count >= 4 else { break }
        end = line.endIndex
        // The last line is shorter.
        if line.count < 56 { break }
        lastLongLine = end
      }
      whole = range.lowerBound..<end
    }
    // What the beginning of a long part stands for tells whether the rest is worth the work.
    let head = whole.lowerBound..<min(whole.upperBound, whole.lowerBound + TextScan.headSize)
    if let bytes = EncodedText.base64(Bytes(rebasing: text[head]), isHead: head != whole), bytes.count >= 6,
      recogniser.tells(bytes)
    {
      let all = head == whole ? bytes : EncodedText.base64(Bytes(rebasing: text[whole]))
      if let all, recogniser.decode(all, standingFor: whole, .base64, in: self) {
        decodedUntil = whole.upperBound
        return true
      }
    }
    // A picture in a letter: its other lines say no more than the first.
    decodedUntil = max(decodedUntil, lastLongLine)
    return false
  }
}
