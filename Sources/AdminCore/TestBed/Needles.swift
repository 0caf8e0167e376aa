import Archive
import Database
import Detection
import Foundation
import Installation
import Platform

/// What the leak audit must look for: every value that a rule removed, in the spellings in which an archive could hold it.
package struct NeedleCollection {
  /// One thing to search for, in lower case ASCII: hosts and the like are found in any spelling.
  package struct Needle: Hashable {
    package let bytes: [UInt8]
    /// A host or short value inside a longer word is another word.
    let isWholeWord: Bool
    /// The index of the rule that removed it, into `rules`.
    package let rule: Int
  }

  package private(set) var needles: [Needle] = []
  package private(set) var rules: [String] = []
  private var seen: Set<[UInt8]> = []
  /// Values that are too common or too short to be told from ordinary text.
  private(set) var skipped = 0

  /// The bytes of a long value that are searched for: from the middle, since keys begin and end alike.
  static let windowSize = 48

  /// - Parameter isOfSite: whether a site's rule removed it. That says little of how much the value tells: of a column that
  ///   looked dangerous every value goes, ordinary words among them, and those stand anywhere.
  package mutating func add(
    _ text: String, _ sensitivity: Rule.Sensitivity, rule: String, isOfSite: Bool = false
  ) {
    let text = text.trimmingSpaces
    guard !text.isEmpty else { return }
    if isOfSite, sensitivity != .none, NeedleCollection.isOrdinary(text) {
      skipped += 1
      return
    }
    switch sensitivity {
    case .none: return
    case .secret:
      guard text.utf8.count >= 4, !NeedleCollection.isCommon(text) else {
        skipped += 1
        return
      }
      add(spellingsOf: Array(text.utf8), wholeWord: text.utf8.count < 12, rule)
    case .address:
      // A list leaks as soon as one of its parts does.
      let parts = text.split { $0.isWhitespace || ",;".contains($0) }.map(String.init)
      let addresses = AddressValue(text)
      let hosts = (addresses.servers + addresses.names).map(\.description)
      let names = ([text] + parts).filter { $0.contains("@") }
      let values = Set(hosts + names + [text] + (HostName(text).map { [$0.description] } ?? []))
        .filter(NeedleCollection.isTelling)
      if values.isEmpty { skipped += 1 }
      for value in values { add(spellingsOf: Array(value.utf8), wholeWord: true, rule) }
    }
  }

  /// Takes over another machine's needles.
  mutating func merge(_ other: NeedleCollection) {
    for needle in other.needles where other.rules.indices.contains(needle.rule) {
      insert(needle.bytes, needle.isWholeWord, other.rules[needle.rule])
    }
    skipped += other.skipped
  }

  package mutating func add(_ bytes: [UInt8], rule: String) {
    guard bytes.count >= 8 else {
      skipped += 1
      return
    }
    let window = NeedleCollection.window(bytes)
    insert(window, false, rule)
    insert(Array(Digest.hex(window).utf8), false, rule)
  }

  private mutating func add(spellingsOf bytes: [UInt8], wholeWord: Bool, _ rule: String) {
    let window = NeedleCollection.window(bytes)
    let isWhole = wholeWord && window.count == bytes.count
    insert(window, isWhole, rule)
    insert(NeedleCollection.escaped(window, ["\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"]), isWhole, rule)
    insert(
      NeedleCollection.escaped(
        window, ["\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\"": "\\\"", "/": "\\/"]), isWhole, rule)
    for encoding in NeedleEncodings.all(of: window) { insert(encoding, false, rule) }
  }

  private mutating func insert(_ bytes: [UInt8], _ wholeWord: Bool, _ rule: String) {
    let folded = bytes.map(foldedCase)
    guard seen.insert(folded).inserted else { return }
    if rules.last != rule, !rules.contains(rule) { rules.append(rule) }
    needles.append(Needle(bytes: folded, isWholeWord: wholeWord, rule: rules.firstIndex(of: rule) ?? 0))
  }

  private static func window(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count > windowSize * 2 else { return bytes }
    let start = (bytes.count - windowSize) / 2
    return Array(bytes[start..<start + windowSize])
  }

  private static func escaped(_ bytes: [UInt8], _ escapes: [Unicode.Scalar: String]) -> [UInt8] {
    bytes.flatMap { byte in escapes[Unicode.Scalar(byte)].map { Array($0.utf8) } ?? [byte] }
  }

  private static func isCommon(_ text: String) -> Bool {
    ["localhost", "internal", "true", "false", "none", "null", "default", "admin", "root"].contains(text.lowercased())
      || (Int(text) != nil && text.utf8.count < 6)
  }

  // A word or a few, as anybody writes them, or so short that it stands in many a text by chance.
  private static func isOrdinary(_ text: String) -> Bool {
    if text.count < 6 { return true }
    let words = text.split(omittingEmptySubsequences: false) { " -'\u{2019}&,".contains($0) }.filter { !$0.isEmpty }
    return (1...4).contains(words.count)
      && words.allSatisfy { word in
        word.count <= 20 && word.allSatisfy(\.isLetter)
          && (word.dropFirst().allSatisfy { !$0.isUppercase } || word.allSatisfy { !$0.isLowercase })
      }
  }

  // A name of one label is an ordinary word unless something in it is not.
  private static func isTelling(_ value: String) -> Bool {
    guard value.utf8.count >= 4, !isCommon(value), HostName(value)?.isLocalhost != true else { return false }
    return value.contains { ".@:/\\=".contains($0) } || value.utf8.count >= 8
      || value.contains { $0 == "-" || $0.isNumber }
  }
}

/// Lower case for ASCII letters, everything else as it is.
@inline(__always)
func foldedCase(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

extension NeedleCollection: Codable {
  private enum Key: CodingKey { case rules, skipped, words, parts }

  /// In few bytes: the needles of each rule, those that are whole words apart.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let rules = try container.decode([String].self, forKey: .rules)
    for (key, isWholeWord) in [(Key.words, true), (.parts, false)] {
      for (rule, list) in try zip(rules, container.decode([[Data]].self, forKey: key)) {
        for bytes in list { insert([UInt8](bytes), isWholeWord, rule) }
      }
    }
    skipped = max(0, min(try container.decode(Int.self, forKey: .skipped), 1 << 40))
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(rules, forKey: .rules)
    try container.encode(skipped, forKey: .skipped)
    func lists(_ isWholeWord: Bool) -> [[Data]] {
      var lists = [[Data]](repeating: [], count: rules.count)
      for needle in needles where needle.isWholeWord == isWholeWord { lists[needle.rule].append(Data(needle.bytes)) }
      return lists
    }
    try container.encode(lists(true), forKey: .words)
    try container.encode(lists(false), forKey: .parts)
  }
}
