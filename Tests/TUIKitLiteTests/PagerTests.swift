import Glibc
import TUIKitLite
import Testing

@Suite struct PagerSourceTests {
  /// Rows forwards from the start.
  private func rows(_ source: PagerSource) -> [PagerSource.Row] {
    var rows: [PagerSource.Row] = []
    while let row = source.row(at: rows.last?.end ?? 0) { rows.append(row) }
    return rows
  }

  /// Texts around the grid that long lines are cut at, with characters of several bytes across it.
  private static let texts: [String] = {
    let grid = PagerSource.grid
    let long = String(repeating: "x", count: 3 * grid + 7)
    let wide = String(repeating: "漢", count: grid)
    var texts = ["", "a", "\n", "a\nb", "a\r\nb\r\n", "\n\n\n", long, wide]
    texts += [long + "\n" + wide + "\nend\n", "a\n" + wide + "é"]
    for shift in -2...2 {
      texts.append(String(repeating: "y", count: grid + shift) + "\n" + String(repeating: "é", count: grid) + "\nz")
      texts.append(String(repeating: "y", count: grid + shift) + wide + "\n")
    }
    return texts
  }()

  @Test(arguments: texts.indices) func rowsForwardsAndBackwardsAgree(place: Int) {
    let text = Self.texts[place]
    let source = PagerSource(text: text)
    let rows = rows(source)
    #expect(rows.last?.end ?? 0 == source.size)
    #expect(rows.allSatisfy { $0.end > $0.start && $0.end - $0.start <= 2 * PagerSource.grid + 4 })
    #expect(!rows.contains { $0.text.contains("\u{FFFD}") || $0.text.contains("\n") || $0.text.contains("\r") })
    var back: [Int] = []
    var start = source.size
    while let before = source.rowStart(before: start) {
      back.append(before)
      start = before
    }
    #expect(back.reversed() == rows.map(\.start))
    for row in rows {
      for offset in [row.start, row.end - 1, (row.start + row.end) / 2] {
        #expect(source.rowStart(at: offset) == row.start)
      }
    }
  }

  @Test func findsAcrossBlocks() {
    let block = PagerSource.blockSize
    for place in [0, 1, block - 3, block, 2 * block - 1, 3 * block - 6] {
      var bytes = [UInt8](repeating: 0x2E, count: 3 * block)
      for (offset, byte) in "Needle".utf8.enumerated() { bytes[place + offset] = byte }
      let source = PagerSource(text: String(decoding: bytes, as: UTF8.self))
      #expect(source.find("Needle", from: 0, ignoringCase: false) == .at(place))
      #expect(source.find("needle", from: 0, ignoringCase: true) == .at(place))
      #expect(source.find("needle", from: 0, ignoringCase: false) == .nothing)
      #expect(source.find("Needle", from: place + 1, ignoringCase: false) == .nothing)
      #expect(source.findBackwards("Needle", before: 3 * block, ignoringCase: false) == .at(place))
      #expect(source.findBackwards("NEEDLE", before: place + 1, ignoringCase: true) == .at(place))
      #expect(source.findBackwards("Needle", before: place, ignoringCase: false) == .nothing)
    }
    #expect(PagerSource(text: "abc").find("", from: 0, ignoringCase: false) == .nothing)
    #expect(PagerSource(text: "aXbXc").findBackwards("X", before: 5, ignoringCase: false) == .at(3))
  }

  @Test func aFileOf200MegabytesNeedsNoMemory() throws {
    let file = ScratchFile()
    let descriptor = open(file.path, O_WRONLY)
    let size = 200 << 20
    let tail = Array("\nlast line but one\nThe Needle is here\nend\n".utf8)
    // Zeros between: one line of 200 MB.
    #expect(pwrite(descriptor, "first line\n", 11, 0) == 11)
    #expect(pwrite(descriptor, tail, tail.count, off_t(size - tail.count)) == tail.count)
    close(descriptor)
    var before = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &before)
    let source = try PagerSource(path: file.path)
    var pager = Pager(source, size: Size(80, 5))
    #expect(source.size == size)
    #expect(drawn(80, 5) { pager.draw(on: &$0) }.text.hasPrefix("first line\n^@^@"))
    _ = pager.handle(.character("G"))
    #expect(drawn(80, 5) { pager.draw(on: &$0) }.text.contains("\nlast line but one\nThe Needle is here\nend\n"))
    _ = pager.handle(.character("g"))
    for key: Key in [.character("/"), .paste("Needle is"), .enter] { _ = pager.handle(key) }
    #expect(drawn(80, 5) { pager.draw(on: &$0) }.text.hasPrefix("The Needle is here\nend"))
    for key: Key in [.character("?"), .paste("line"), .enter, .character("n")] { _ = pager.handle(key) }
    #expect(pager.top == 0)
    var after = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &after)
    // Kilobytes; other tests run beside this one, but none needs 100 MB.
    #expect(after.ru_maxrss - before.ru_maxrss < 100_000)
  }

  @Test func whatCannotBeReadIsSaid() {
    #expect(throws: TerminalError.self) { try PagerSource(path: "/nonexistent/report") }
    #expect(throws: TerminalError.self) { try PagerSource(path: "/tmp") }
  }
}

@Suite struct PagerTests {
  private func pager(_ text: String, _ width: Int = 20, _ height: Int = 4) -> Pager {
    Pager(PagerSource(text: text), size: Size(width, height))
  }

  private func text(_ pager: Pager) -> String {
    drawn(pager.size.width, pager.size.height) { pager.draw(on: &$0) }.text
  }

  private let numbers = (1...20).map { "line \($0)" }.joined(separator: "\n")

  @Test func movesByLinesPagesAndEnds() {
    var pager = pager(numbers)
    func press(_ key: Key) -> String {
      #expect(pager.handle(key) == .handled)
      return String(text(pager).split(separator: "\n", omittingEmptySubsequences: false)[0])
    }
    #expect(press(.down) == "line 2")
    #expect(press(.character(" ")) == "line 4")
    #expect(press(.character("b")) == "line 2")
    #expect(press(.character("k")) == "line 1")
    #expect(press(.up) == "line 1")
    #expect(press(.character("G")) == "line 18")
    #expect(press(.down) == "line 18")
    #expect(press(.pageUp) == "line 16")
    #expect(press(.character("g")) == "line 1")
    #expect(pager.handle(.character("q")) == .closed)
    #expect(pager.handle(.escape) == .closed)
    #expect(pager.handle(.character("s")) == .saveAs)
    #expect(pager.handle(.function(9)) == .ignored)
  }

  @Test func searchesBothWays() {
    var pager = pager("alpha\nbeta ERROR\ngamma error\ndelta\nerror\nomega\nx\ny\nz")
    func press(_ keys: [Key]) -> String {
      for key in keys { _ = pager.handle(key) }
      return String(text(pager).split(separator: "\n", omittingEmptySubsequences: false)[0])
    }
    #expect(press([.character("/"), .paste("error"), .enter]) == "beta ERROR")
    #expect(press([.character("n")]) == "gamma error")
    #expect(press([.character("n")]) == "error")
    #expect(press([.character("N")]) == "gamma error")
    #expect(press([.character("n"), .character("n")]) == "error")
    #expect(text(pager).contains("not found: error"))
    #expect(press([.character("?"), .character("E"), .character("R"), .enter]) == "beta ERROR")
    #expect(press([.character("n")]) == "beta ERROR")
    #expect(press([.character("N")]) == "beta ERROR")
    #expect(press([.character("/"), .character("x"), .escape]) == "beta ERROR")
  }

  @Test func showsHitsMarksAndPlace() {
    let red = "\u{1B}[31mred\u{1B}[0m\tx\n"
    let text = "all good\nWARNING: äöü disk\n" + red + "failed: disk and disk\nend\nend\nend\n"
    var pager = Pager(PagerSource(text: text), size: Size(30, 5)) { line, _ in
      line.hasPrefix("WARNING") ? .warning : line.hasPrefix("failed") ? .error : nil
    }
    for key: Key in [.character("/"), .paste("disk"), .enter] { _ = pager.handle(key) }
    expectFrame(drawn(30, 5) { pager.draw(on: &$0) }, "pager")
    _ = pager.handle(.character("/"))
    _ = pager.handle(.character("a"))
    expectFrame(drawn(30, 5) { pager.draw(on: &$0) }, "pager-search")
    #expect(pager.hints == [KeyHint(.enter, "Search"), KeyHint(.escape, "Cancel")])
  }

  @Test func longLinesScrollOrWrap() {
    var pager = pager("0123456789abcdefghijKLMNOPQRST漢字漢字漢字\nnext", 10, 6)
    #expect(text(pager) == "0123456789\nnext\n\n\n\n       end")
    _ = pager.handle(.right)
    #expect(text(pager).hasPrefix("ghijKLMNOP\n\n"))
    _ = pager.handle(.left)
    _ = pager.handle(.character("w"))
    #expect(text(pager).hasPrefix("0123456789\nabcdefghij\nKLMNOPQRST\n漢字漢字漢\n字\n"))
    _ = pager.handle(.down)
    #expect(text(pager).hasPrefix("abcdefghij\nKLMNOPQRST\n漢字漢字漢\n字\nnext\n"))
    _ = pager.handle(.down)
    #expect(text(pager).hasPrefix("abcdefghij\n"))
    _ = pager.handle(.up)
    #expect(text(pager).hasPrefix("0123456789\n"))
    _ = pager.handle(.character("w"))
    for key: Key in [.character("/"), .paste("QRST"), .enter] { _ = pager.handle(key) }
    #expect(text(pager).contains("QRST"))
  }

  @Test func linesAreBrokenAtBlanks() {
    var pager = Pager(PagerSource(text: "  one two three\nfour"), size: Size(10, 5), isWrapping: true) { _, isLast in
      isLast ? .good : nil
    }
    #expect(drawn(10, 5) { pager.draw(on: &$0) }.text.hasPrefix("    one\n  two\n  three\n✓ four\n"))
    #expect(PagerLine.starts(of: "  one two three", width: 8) == [0, 6, 10])
    pager.size = Size(20, 5)
    #expect(drawn(20, 5) { pager.draw(on: &$0) }.text.hasPrefix("    one two three\n✓ four\n"))
  }

  @Test func aWideCharacterIsNeverLostAtAWrap() {
    #expect(PagerLine.starts(of: "a漢字", width: 2) == [0, 1, 3])
    #expect(PagerLine.starts(of: "", width: 2) == [0])
    #expect(PagerLine.starts(of: "漢", width: 1) == [0])
  }

  @Test func tabsStandAtEveryEighthColumn() {
    #expect(Pager.expanded("\ta\tbc\t\td") == "        a       bc              d")
    #expect(Pager.expanded("漢\tx") == "漢      x")
    #expect(Pager.expanded("12345678\tx") == "12345678        x")
  }

  @Test func followsAGrowingFileAndSurvivesACutOne() throws {
    let file = ScratchFile()
    write("one\ntwo\nthree\n", to: file.path)
    var pager = Pager(try PagerSource(path: file.path), size: Size(20, 3))
    _ = pager.handle(.character("F"))
    #expect(text(pager).hasPrefix("two\nthree\n"))
    write("one\ntwo\nthree\nfour\nfive\n", to: file.path)
    #expect(pager.refresh() == true)
    #expect(pager.refresh() == false)
    #expect(text(pager).hasPrefix("four\nfive\n"))
    _ = pager.handle(.up)
    #expect(!pager.isFollowing)
    write("new\n", to: file.path)
    #expect(text(pager).contains("\n"))
    #expect(pager.refresh() == true)
    #expect(text(pager).hasPrefix("new\n"))
    write("", to: file.path)
    #expect(pager.refresh() == true)
    #expect(text(pager).hasSuffix("empty"))
    for key: Key in [.up, .down, .character("G"), .character("n"), .character("w")] { _ = pager.handle(key) }
  }

  @Test func everySizeDraws() {
    var pager = pager(numbers)
    for size in [Size(0, 0), Size(1, 1), Size(2, 1), Size(132, 43)] {
      pager.size = size
      for key: Key in [.down, .pageDown, .character("w"), .character("G"), .character("/"), .escape] {
        _ = pager.handle(key)
        _ = text(pager)
      }
    }
  }
}
