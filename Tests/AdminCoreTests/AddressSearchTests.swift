import Testing

@testable import TestBed

/// Masked addresses are found again wherever they still stand, whatever stands around them.
@Suite struct AddressSearchTests {
  private func columns(_ text: String, masked: [String], by step: Int = 1 << 20) -> [Int] {
    let masker = Masker()
    for address in masked {
      masker.startRow()
      Array(address.utf8).withUnsafeBytes { _ = masker.mask($0, as: .email) }
    }
    let search = AddressSearch(masker)
    var found: [Int] = []
    search.start()
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: step) {
      bytes[start..<min(bytes.count, start + step)].withUnsafeBytes { search.scan($0) { found.append($0) } }
    }
    search.finish { found.append($0) }
    return found
  }

  private let people = ["anna.berg@corp.example", "O'Brien+news@Mail.Example.org", "björn@exämple.de"]

  @Test(arguments: [
    "Dear anna.berg@corp.example,", "anna.berg@corp.example", "<ANNA.BERG@CORP.EXAMPLE>.",
    "https://x.example/?email=anna.berg@corp.example&x=1", "https://x.example/?e=anna.berg%40corp.example",
    "?q=to%20anna.berg%40corp.example%0A", "line\\nanna.berg@corp.example\\nnext",
    "mailto:anna.berg@corp.example?subject=x",
    "a;O'Brien+news@mail.example.org;b", "'O'Brien+news@mail.example.org'", "{\"m\":\"björn@exämple.de\"}",
    "user=x/anna.berg@corp.example", "anna.berg@corp.example.",
  ])
  func isFound(text: String) {
    #expect(columns(text, masked: people).count == 1)
    // Wherever a piece of the stream ends.
    for step in [1, 7] { #expect(columns(text, masked: people, by: step).count == 1) }
  }

  @Test(arguments: [
    "xanna.berg@corp.example", "anna.berg@corp.example.org", "berg@corp.example", "anna.berg at corp.example", "@",
    "%40",
    "anna.berg@", "@corp.example", "r-abcdefghijklmnopqrst@example.invalid", "carl@corp.example",
  ])
  func isNobody(text: String) { #expect(columns(text, masked: people).isEmpty) }

  @Test func theColumnIsTold() {
    let row = "1\tx\tanna.berg@corp.example\ty\tDear anna.berg@corp.example\n2\tanna.berg@corp.example\n"
    for step in [1, 3, 1000] { #expect(columns(row, masked: people, by: step).sorted() == [1, 2, 4]) }
  }

  @Test func aLongStreamIsSearchedWhole() {
    let filler = String(repeating: "no address here, only words \t and tabs\n", count: 60_000)
    let text = filler + "x\tanna.berg@corp.example\n" + filler + "anna.berg@corp.example"
    #expect(columns(text, masked: people) == [1, 0])
  }

  @Test func anotherMachineKnowsTheSame() throws {
    let (here, there) = (Masker(key: Array(repeating: 1, count: 32)), Masker(key: Array(repeating: 1, count: 32)))
    Array("anna@x.example".utf8).withUnsafeBytes { _ = here.mask($0, as: .email) }
    there.maskedAddresses.merge(try #require(here.maskedAddresses.data))
    var found = 0
    let search = AddressSearch(there)
    Array("to anna@x.example".utf8).withUnsafeBytes { search.scan($0) { _ in found += 1 } }
    search.finish { _ in found += 1 }
    #expect(found == 1)
  }
}
