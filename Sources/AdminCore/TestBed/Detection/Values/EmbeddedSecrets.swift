/// Secrets inside a longer value, as the recogniser sees them: the password of a URL's user, `password=…` in a connection
/// string or a query, a token, whatever notation it stands in.
package enum EmbeddedSecrets {
  /// What stands for a secret on screens and in reports.
  package static let dots = "••••••••"

  /// The secrets, decoded.
  package static func values(in text: String) -> [String] { secrets(in: text).map(\.text).filter { !$0.isEmpty } }

  /// The text with dots for each secret; for one in an encoded part, dots for the whole part.
  package static func hidden(in text: String) -> String {
    let secrets = secrets(in: text).map(\.bytes).sorted { $0.lowerBound < $1.lowerBound }
    guard !secrets.isEmpty else { return text }
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var end = 0
    for range in secrets where range.upperBound > end {
      result += bytes[end..<max(end, range.lowerBound)]
      if range.lowerBound >= end { result += dots.utf8 }
      end = range.upperBound
    }
    return String(decoding: result + bytes[end...], as: UTF8.self)
  }

  private static func secrets(in text: String) -> [Sight] {
    Recogniser.sights(in: text, .configuration).filter(\.isSecret)
  }
}
