import TUIKitLite
import Testing

@Suite struct CanvasTests {
  @Test func drawsNothingOutside() {
    let canvas = drawn(4, 2) {
      $0.write("abcdef", x: -2, y: 0)
      $0.write("xyz", x: 3, y: 1)
      $0.write("above", x: 0, y: -1)
      $0.write("below", x: 0, y: 2)
      $0.fill(Rect(-5, -5, 5, 5), .danger, with: "#")
      $0.box(Rect(2, -9, 100, 5))
    }
    #expect(canvas.text == "cdef\n   x")
    #expect(!canvas.roles.contains("!"))
  }

  @Test func aRegionHasItsOwnOriginAndIsClipped() {
    let canvas = drawn(6, 3) { canvas in
      canvas.within(Rect(1, 1, 3, 1)) { region in
        #expect(region.size == Size(3, 1))
        region.write("123456", x: 0, y: 0, .title)
        region.write("no", x: 0, y: 1)
        region.within(Rect(1, 0, 9, 9)) { $0.fill($0.bounds, .danger, with: "#") }
        region.cursor = Point(1, 0)
        region.cursor = Point(7, 0)
      }
    }
    #expect(canvas.text == "\n 1##\n")
    #expect(canvas.roles == "......\n.T!!..\n......")
    #expect(canvas.cursor == Point(2, 1))
  }

  @Test func aWideCharacterTakesTwoCellsOrNone() {
    #expect(drawn(5, 1) { $0.write("a漢字b", x: 0, y: 0) }.text == "a漢字")
    #expect(drawn(4, 1) { $0.write("a漢字b", x: 0, y: 0) }.text == "a漢")
    #expect(drawn(4, 1) { $0.write("漢字", x: -1, y: 0) }.text == " 字")
    let canvas = drawn(4, 1) { $0.write("漢", x: 1, y: 0) }
    #expect((0..<4).map { canvas[$0, 0]?.width } == [1, 2, 0, 1])
  }

  @Test(arguments: [(1, " x 字"), (2, "  x字"), (3, " 漢x"), (4, " 漢 x")])
  func halfAWideCharacterNeverStays(place: Int, text: String) {
    let canvas = drawn(6, 1) {
      $0.write("漢字", x: 1, y: 0)
      $0.write("x", x: place, y: 0)
    }
    #expect(canvas.text == text)
    #expect((0..<6).reduce(0) { $0 + Int(canvas[$1, 0]?.width ?? 0) } == 6)
  }

  @Test func aWideCharacterOverTwoOthersClearsBoth() {
    let canvas = drawn(6, 1) {
      $0.write("漢字", x: 0, y: 0)
      $0.write("中", x: 1, y: 0)
    }
    #expect(canvas.text == " 中")
  }

  @Test func whatDrivesTerminalsIsMadeVisible() {
    let text = "a\u{1B}[2Jb\u{7}c\r\nd\te\u{202E}f\u{9B}g\u{7F}\u{AD}\u{E000}\u{2028}\u{FEFF}"
    let canvas = drawn(100, 1) { $0.write(text, x: 0, y: 0) }
    #expect(canvas.text == "a^[[2Jb^Gc^M^Jd^Ie<U+202E>f<U+9B>g^?<U+AD><U+E000><U+2028><U+FEFF>")
    for scalar in canvas.text.unicodeScalars { #expect(scalar.value >= 0x20 && scalar.value < 0x7F) }
    #expect(TextWidth.of(text) == canvas.text.count)
  }

  @Test func aGivenWidthIsKeptExactly() {
    #expect(drawn(8, 1) { $0.write("Template", x: 0, y: 0, width: 5) }.text == "Temp…")
    #expect(drawn(8, 1) { $0.write("漢字漢", x: 0, y: 0, width: 4) }.text == "漢…")
    let right = drawn(8, 1) { $0.write("ab", x: 1, y: 0, .field, width: 5, alignment: .right) }
    #expect(right.text == "    ab")
    #expect(right.roles == ".fffff..")
    #expect(drawn(9, 1) { $0.write("ab", x: 0, y: 0, width: 5, alignment: .centre) }.text == " ab")
  }

  @Test func boxesShowAsMuchTitleAsFits() {
    #expect(drawn(10, 3) { $0.box($0.bounds, title: "Outbox now") }.text == "┌─ Out… ─┐\n│        │\n└────────┘")
    #expect(drawn(1, 1) { $0.box($0.bounds) }.text == "")
  }
}

@Suite struct TextWidthTests {
  @Test(arguments: [
    ("abc", 3), ("漢字", 4), ("e\u{301}", 1), ("\u{301}", 1), ("👩‍👧", 4), ("👨‍👩‍👧", 6), ("❤️", 1), ("\u{1B}", 2), ("क्ष", 2),
  ])
  func countsAsNcursesDoes(text: String, width: Int) { #expect(TextWidth.of(text) == width) }

  @Test func aCellHoldsNoMoreMarksThanNcurses() {
    let glyphs = Array(Glyphs("a" + String(repeating: "\u{301}", count: 90) + "b"))
    #expect(glyphs.map(\.width) == [1, 1])
    #expect(glyphs[0].text.unicodeScalars.count == 5)
  }

  @Test func joinersAndVariationsThatChangeWidthsAreLeftOut() {
    let text = Array(Glyphs("👩‍👧❤️")).map(\.text).joined()
    #expect(!text.unicodeScalars.contains { $0.value == 0x200D || $0.value == 0xFE0F })
  }

  @Test func wrapsAtBlanksAndCutsLongWords() {
    #expect(TextWidth.wrapped("the quick brown fox", to: 9) == ["the quick", "brown fox"])
    #expect(TextWidth.wrapped("abcdefgh ij", to: 3) == ["abc", "def", "gh", "ij"])
    #expect(TextWidth.wrapped("a\n\nb", to: 5) == ["a", "", "b"])
    #expect(TextWidth.wrapped("", to: 5) == [""])
    #expect(TextWidth.wrapped("漢字漢", to: 3) == ["漢", "字", "漢"])
    for line in TextWidth.wrapped("one \u{1B}[31mtwo three\u{202E} four", to: 7) { #expect(TextWidth.of(line) <= 7) }
  }
}
