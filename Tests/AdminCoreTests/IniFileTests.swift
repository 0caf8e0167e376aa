import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

@Suite struct IniFileTests {
  @Test(arguments: [
    "", "a=1", "a=1\r\nb = 2 \r\n", "\ta\t=\tvalue with = in it\t\n\n", "# Grüße 😀\n#a=1\n \n#\n",
    "a=\nb=", "\u{C}\na=1\n", "##a=1\n#no assignment\n",
  ])
  func bytesStayAsTheyAre(text: String) throws {
    #expect(try IniFile(Array(text.utf8), name: "hub.ini").bytes == Array(text.utf8))
  }

  @Test func bytesThatAreNotUTF8Stay() throws {
    let bytes: [UInt8] = [0x23, 0xFC, 0x0A] + Array("a=".utf8) + [0xFC, 0x0A]
    var ini = try IniFile(bytes, name: "hub.ini")
    #expect(ini.bytes == bytes)
    try ini.set("b", "1")
    #expect(ini.bytes == bytes + Array("b=1\n".utf8))
  }

  @Test func aChangeTouchesOneValueOnly() throws {
    let text = "# host\r\n\thost\t=\t old\r\n#host=other\r\nport=1\r\nlast=x"
    var ini = try IniFile(Array(text.utf8), name: "hub.ini")
    try ini.set("host", "new.example.com")
    #expect(ini["host"] == "new.example.com")
    try ini.set("port", nil)
    #expect(ini["port"] == nil)
    try ini.set("last", "longer")
    let expected = "# host\r\n\thost\t=\t new.example.com\r\n#host=other\r\nport=\r\nlast=longer"
    #expect(String(decoding: ini.bytes, as: UTF8.self) == expected)
    try ini.set("port", "22")
    try ini.set("added", "y")
    #expect(
      String(decoding: ini.bytes, as: UTF8.self) == expected.replacing("port=", "port=22") + "\nadded=y\n")
    #expect(ini.keys == ["host", "port", "last", "added"])
    #expect(try IniFile(ini.bytes, name: "hub.ini") == ini)
  }

  @Test(arguments: [
    ("a=1\nb=\u{0}\n", 2, "NUL"), ("# \u{0}\n", 1, "NUL"), ("a=1\r\rb=\\u00\n", 3, "hexadecimal"),
    ("a=1\\\r\n  2\r\n\\u12g4=x", 3, "hexadecimal"), ("\\u\n", 1, "hexadecimal"),
  ])
  func whatCannotBeReadIsNamedWithItsLine(text: String, line: Int, what: String) {
    let error = Sample.error { _ = try IniFile(Array(text.utf8), name: "hub.ini") }
    #expect(error?.code == .configuration && error?.location == "hub.ini line \(line)")
    #expect(error?.what.contains(what) == true)
  }

  @Test func theLastOfTwoLinesCountsAndIsTheOneThatIsSet() throws {
    var ini = try IniFile(Array("a=1\nb=2\na=3\n".utf8), name: "hub.ini")
    #expect(ini["a"] == "3" && ini.keys == ["a", "b"])
    try ini.set("a", nil)
    #expect(ini["a"] == nil && ini.bytes == Array("a=1\nb=2\na=\n".utf8))
  }

  @Test func anEditKeepsTheLinesOwnFormAndWritesWhatJavaReadsBack() throws {
    let text = "host : a\rport 1808\rurl=jdbc\\:\\\r  my\\\r  sql\rkey\r"
    var ini = try IniFile(Array(text.utf8), name: "hub.ini")
    #expect(ini["url"] == "jdbc:mysql" && ini["port"] == "1808" && ini["key"] == nil)
    try ini.set("host", " =ü€\\")
    try ini.set("port", "=1")
    try ini.set("url", "internal")
    try ini.set("key", "x")
    try ini.set("a key:", "y")
    #expect(
      String(decoding: ini.bytes, as: UTF8.self)
        == "host : \\ =\\u00FC\\u20AC\\\\\rport \\=1\rurl=internal\rkey=x\ra\\ key\\:=y\r")
    #expect(ini.value(of: "host") == " =ü€\\")
  }

  @Test func aPasswordKeepsItsBlanksAndAHostDoesNot() throws {
    let ini = try IniFile(Array("a=x \t\n".utf8), name: "hub.ini")
    #expect(ini["a"] == "x" && ini.value(of: "a") == "x \t")
  }

  @Test func bytesAboveASCIIAreReadAsTheComponentReadsThemAndAsAPersonDoes() throws {
    let ini = try IniFile(Array("a=grün\n".utf8) + Array("b=".utf8) + [0xFC], name: "hub.ini")
    #expect(ini["a"] == "grÃ¼n" && ini.lines[0].readings == ["grÃ¼n", "grün"])
    #expect(ini["b"] == "ü" && ini.lines[1].readings == ["ü"])
  }

  @Test func aCommentIsNeverContinuedAndAContinuedLineHasNone() throws {
    let ini = try IniFile(Array("#a=1\\\nb=2\\\n#c\n! d: 3\n".utf8), name: "hub.ini")
    #expect(
      ini.lines.map(\.kind) == [
        .commentedAssignment(key: "a"), .assignment(key: "b"), .commentedAssignment(key: "d"),
      ])
    #expect(ini.lines.map(\.text) == ["1", "2#c", "3"])
  }

  @Test func commentedOutAssignmentsAreSeenAndNotInForce() throws {
    let ini = try IniFile(Array("#a=1\n## b = 2\n# words\n".utf8), name: "hub.ini")
    #expect(ini.lines.map(\.kind) == [.commentedAssignment(key: "a"), .commentedAssignment(key: "b"), .comment])
    #expect(ini.lines.map(\.text) == ["1", "2", ""])
    #expect(ini["a"] == nil && ini.keys.isEmpty)
  }

  @Test(arguments: ["a\nb=c", "a\rb", "\u{0}", "\u{7F}"])
  func aValueStaysOneLine(value: String) throws {
    var ini = IniFile(name: "hub.ini")
    #expect(Sample.error { try ini.set("a", value) }?.code == .usage)
    #expect(ini.bytes.isEmpty)
  }

  @Test func anEndlessFileIsNotRead() throws {
    let folder = try TemporaryFolder()
    try FileSystem.replace(folder["hub.ini"], with: [UInt8](repeating: 0x0A, count: (1 << 20) + 1))
    #expect(Sample.error { _ = try IniFile.read(folder["hub.ini"]) }?.code == .dataError)
  }
}

extension String {
  /// Every occurrence replaced.
  func replacing(_ old: String, _ new: String) -> String {
    var result = ""
    var rest = self[...]
    while let range = rest.range(of: old) {
      result += rest[..<range.lowerBound] + new
      rest = rest[range.upperBound...]
    }
    return result + rest
  }
}
