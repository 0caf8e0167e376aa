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
    let text = "# host\r\n\thost\t=\t old \t\r\n#host=other\r\nport=1\r\nlast=x"
    var ini = try IniFile(Array(text.utf8), name: "hub.ini")
    try ini.set("host", "new.example.com")
    #expect(ini["host"] == "new.example.com")
    try ini.set("port", nil)
    #expect(ini["port"] == nil)
    try ini.set("last", "longer")
    let expected = "# host\r\n\thost\t=\t new.example.com \t\r\n#host=other\r\nport=\r\nlast=longer"
    #expect(String(decoding: ini.bytes, as: UTF8.self) == expected)
    try ini.set("port", "22")
    try ini.set("added", "y")
    #expect(
      String(decoding: ini.bytes, as: UTF8.self) == expected.replacing("port=", "port=22") + "\nadded=y\n")
    #expect(ini.keys == ["host", "port", "last", "added"])
    #expect(try IniFile(ini.bytes, name: "hub.ini") == ini)
  }

  @Test(arguments: [
    ("a=1\nb=2\na=3\n", 3), ("a=1\nnonsense\n", 2), ("a=1\n=x\n", 2), ("a b=1\n", 1), ("\n\nü=1\n", 3),
    ("a=1\nb=\u{0}\n", 2), ("# \u{0}\n", 1), ("a=1\rlui.host=production\n", 1), ("#x\ra=1\n", 1),
  ])
  func whatCannotBeReadIsNamedWithItsLine(text: String, line: Int) {
    let error = Sample.error { _ = try IniFile(Array(text.utf8), name: "hub.ini") }
    #expect(error?.code == .configuration && error?.location == "hub.ini line \(line)")
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
