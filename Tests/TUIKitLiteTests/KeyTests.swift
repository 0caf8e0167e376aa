import TUIKitLite
import Testing

@Suite struct KeyTests {
  @Test func keyBarAndHelpComeFromTheMap() {
    let map = KeyMap<Int>([
      .init(1, [.function(2), .control("s")], "Save", help: "save the report"), .init(2, [.enter], "Open"),
      .init(3, [.up]),
    ])
    #expect(map[.control("s")] == 1)
    #expect(map[.escape] == nil)
    #expect(map.hints { $0 != 1 } == [KeyHint(.enter, "Open")])
    #expect(map.help == ["F2 ^S  save the report", "Enter  Open"])
  }

  @Test func theLettersOfViMoveInLists() {
    let keys: [Key] = "hjklgG".map { .character($0) }
    #expect(keys.map { Movement.keys[$0] } == [.left, .down, .up, .right, .first, .last])
  }

  private func keys(_ bytes: [UInt8], pausesAfter pauses: Set<Int> = []) -> [Key] {
    var decoder = KeyDecoder()
    for (place, byte) in bytes.enumerated() {
      if decoder.isPasting { decoder.paste([byte]) } else { decoder.byte(byte) }
      if pauses.contains(place) { decoder.pause() }
    }
    decoder.pause()
    return decoder.take()
  }

  @Test func bytesBecomeKeys() {
    #expect(
      keys([0x61, 0x0D, 0x0A, 0x09, 0x7F, 0x08, 0x0C, 0x20])
        == [.character("a"), .enter, .enter, .tab, .backspace, .backspace, .control("l"), .character(" ")])
  }

  @Test func aCharacterMayComeInPieces() {
    let bytes = Array("é漢😀".utf8)
    #expect(keys(bytes, pausesAfter: Set(bytes.indices)) == [.character("é"), .character("漢"), .character("😀")])
    #expect(keys([0xC3, 0x61, 0xFF, 0x80, 0x62]) == [.character("a"), .character("b")])
  }

  @Test func escapeAloneIsAKeyAndWithADigitAFunctionKey() {
    #expect(keys([0x1B]) == [.escape])
    #expect(keys([0x1B, 0x1B]) == [.escape, .escape])
    #expect(keys([0x1B, 0x31, 0x1B, 0x30]) == [.function(1), .function(10)])
    #expect(keys([0x1B, 0x6A]) == [.escape, .character("j")])
    #expect(keys([0x1B, 0x31], pausesAfter: [0]) == [.escape, .character("1")])
  }

  @Test func unknownSequencesDoNothing() {
    #expect(keys(Array("\u{1B}[99;3u".utf8) + [0x61]) == [.character("a")])
    #expect(keys(Array("\u{1B}[<0;10;10M".utf8)) == [])
  }

  @Test func aPasteIsLiteralAndEndsAtItsMarkOnly() {
    var decoder = KeyDecoder()
    decoder.byte(0x61)
    decoder.beginPaste()
    let body = "line\r\n\u{1B}[A\u{1B}[20\u{1B}\u{1B}[2end"
    var rest = Array((body + "\u{1B}[201~").utf8)[...]
    while decoder.isPasting {
      let room = decoder.pasteRoom
      decoder.paste(rest.prefix(room))
      rest = rest.dropFirst(room)
    }
    #expect(rest.isEmpty)
    #expect(decoder.take() == [.character("a"), .paste(body)])
  }

  @Test func aPasteWithoutEndTakesNoMoreThanAMebibyte() {
    var decoder = KeyDecoder()
    decoder.beginPaste()
    for _ in 0..<3 { decoder.paste(repeatElement(UInt8(0x78), count: KeyDecoder.pasteLimit / 2)) }
    decoder.paste("\u{1B}[201~".utf8)
    guard case .paste(let text) = decoder.take().first else {
      Issue.record("no paste")
      return
    }
    #expect(text.utf8.count == KeyDecoder.pasteLimit)
  }

  @Test func paddingIsNotSent() {
    #expect(withoutPadding("\u{1B}[m$<2>x$<10/>y$<5*>") == "\u{1B}[mxy")
    #expect(withoutPadding("plain") == "plain" && withoutPadding("") == "")
  }

  @Test func asciiTerminalsGetAsManyCells() {
    let text = "┌─┐│Größe … ✓ 漢 █░ ╋ “x”"
    let ascii = Glyphs(text).map(Transliteration.ascii).joined()
    #expect(ascii == "+-+|Gr??e ~ + ?? #. + \"x\"")
    #expect(ascii.count == TextWidth.of(text))
  }
}
