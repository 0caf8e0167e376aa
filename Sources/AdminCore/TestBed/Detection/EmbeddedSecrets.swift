/// Secrets inside a longer value: the password of a URL's user, and `password=…` in a connection string or a query.
package enum EmbeddedSecrets {
  /// What stands for a secret on screens and in reports.
  package static let dots = "••••••••"

  /// The secrets.
  package static func values(in text: String) -> [String] { ranges(in: text).map { String(text[$0]) } }

  /// The text with dots for each secret.
  package static func hidden(in text: String) -> String {
    var result = text
    for range in ranges(in: text).reversed() { result.replaceSubrange(range, with: dots) }
    return result
  }

  private static func ranges(in text: String) -> [Range<String.Index>] {
    var ranges: [Range<String.Index>] = []
    if let scheme = text.range(of: "://") {
      let authority = text[scheme.upperBound...].prefix { !"/?#".contains($0) }
      if let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") {
        ranges.append(text.index(after: colon)..<at)
      }
    }
    // A pair's name reaches back to the separator before it, its value on to the one after it.
    let separators: Set<Character> = [";", "&", "?", " ", ",", "\n", "\t"]
    for piece in text.split(omittingEmptySubsequences: false, whereSeparator: separators.contains) {
      guard let equals = piece.firstIndex(of: "="), Suspicion.nameIsSecret(String(piece[..<equals])) else { continue }
      let range = text.index(after: equals)..<piece.endIndex
      if !range.isEmpty, !ranges.contains(where: { $0.overlaps(range) }) { ranges.append(range) }
    }
    return ranges.sorted { $0.lowerBound < $1.lowerBound }
  }
}
