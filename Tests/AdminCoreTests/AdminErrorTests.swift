import AdminCore
import Testing

@Suite struct AdminErrorTests {
  @Test func anErrorIsOneLineWhateverTheDataHolds() {
    let error = AdminError(.dataError, "not a file", at: "a\nb\u{1B}[31m\u{202E}c", next: "look")
    #expect(error.description == "not a file: a^Jb^[[31m<U+202E>c; look")
  }

  @Test func emojiStayAsTheyAre() {
    #expect(printable("Zoë 👩‍🚀") == "Zoë 👩‍🚀")
  }
}
