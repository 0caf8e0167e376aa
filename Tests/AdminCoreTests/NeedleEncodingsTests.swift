import Foundation
import Testing

@testable import TestBed

/// A removed value is found in whatever notation another place has it.
@Suite struct NeedleEncodingsTests {
  private let secret = "p/wd+12<ü>?x"

  private func finds(_ text: some Sequence<UInt8>) throws -> Bool {
    var needles = NeedleCollection()
    needles.add(secret, .secret, rule: "r")
    let search = NeedleSearch(needles.needles)
    var isFound = false
    search.start()
    try Array(text).withUnsafeBytes { try search.scan($0) { _ in isFound = true } }
    try search.finish { _ in isFound = true }
    return isFound
  }

  @Test func plainAndInQueries() throws {
    #expect(try finds("a \(secret) b".utf8))
    let allowed = CharacterSet.alphanumerics.intersection(
      CharacterSet(charactersIn: Unicode.Scalar(0)..<Unicode.Scalar(128)))
    let query = try #require(secret.addingPercentEncoding(withAllowedCharacters: allowed))
    #expect(try finds("https://x/?p=\(query)&y".utf8) && finds("https://x/?p=\(query.lowercased())&y".utf8))
    #expect(try finds("<a b='p/wd+12&lt;ü&gt;?x'>".utf8))
    #expect(try !finds("nothing of the kind, but p/wd+12 alone".utf8))
  }

  @Test(arguments: 0..<7) func base64AtEachPlace(before: Int) throws {
    let text = Data((String(repeating: "k", count: before) + secret + ":tail").utf8).base64EncodedString()
    #expect(try finds(text.utf8), "\(before) bytes before")
    let url = text.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
    #expect(try finds(url.utf8))
  }

  @Test func hexAndWideText() throws {
    #expect(try finds(Data(secret.utf8).map { String(format: "%02X", $0) }.joined().utf8))
    for encoding in [String.Encoding.utf16LittleEndian, .utf16BigEndian] {
      #expect(try finds(try #require(("x" + secret + "y").data(using: encoding))))
    }
  }
}
