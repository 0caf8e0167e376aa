/// How many lines of a text have which form. Of a long text the first lines decide.
struct LineCount {
  /// Lines that are neither empty nor a comment.
  private(set) var all = 0
  /// Lines that give a name a value, open a section, or are a statement of SQL.
  private(set) var settings = 0
  /// Calls that set a preference or a constant.
  private(set) var calls = 0
  /// Lines of a style sheet.
  private(set) var styles = 0
  /// Lines that begin with a date or a time.
  private(set) var dated = 0

  private static let most = 400
  private static let preferences: [StaticString] = ["user_pref(", "pref(", "lockPref(", "define("]

  mutating func see(_ text: UnsafeRawBufferPointer) {
    text.forEachLine { line in
      add(line.withoutLeadingSpace)
      return all < LineCount.most
    }
  }

  private mutating func add(_ line: UnsafeRawBufferPointer) {
    guard let first = line.first, !isComment(line) else { return }
    // Brackets alone, and the items of a list, belong to every form.
    if line.count <= 2, !line.contains(where: { $0.isASCIILetter || $0.isASCIIDigit }) { return }
    all += 1
    if isDate(line) {
      dated += 1
    } else if LineCount.preferences.contains(where: { line.has($0) }) {
      calls += 1
      settings += 1
    } else if isStyle(line) {
      styles += 1
      settings += 1
    } else if first == 0x5B, line.last == 0x5D {
      settings += 1
    } else if isAssignment(line) || isStatement(line) || isDirective(line) {
      settings += 1
    }
  }

  private func isComment(_ line: UnsafeRawBufferPointer) -> Bool {
    [0x23, 0x3B, 0x21].contains(line[0]) || line.has("//") || line.has("/*") || line.has("--") || line.has("* ")
  }

  private func isDate(_ line: UnsafeRawBufferPointer) -> Bool {
    let start = line.first == 0x5B ? line.from(1) : line
    let digits = start.prefix(20).prefix { $0.isASCIIDigit || $0 == 0x2D || $0 == 0x2F || $0 == 0x3A || $0 == 0x2E }
    return digits.count >= 8 && digits.count { !$0.isASCIIDigit } >= 2 && start.byte(digits.count) != 0x3D
  }

  // `property: value;` and the selectors before it.
  private func isStyle(_ line: UnsafeRawBufferPointer) -> Bool {
    guard line.last == 0x3B || line.last == 0x7B || line.last == 0x7D, !line.contains(0x3D), !line.contains(0x22) else {
      return false
    }
    if [0x2E, 0x23, 0x40].contains(line[0]) { return true }
    let property = line.prefix(64).prefix { $0.isASCIILetter || $0 == 0x2D }
    return !property.isEmpty && line.byte(property.count) == 0x3A
  }

  // A name of one word, perhaps in quotes or after `export` and the like, then `=`, `:` or `=>`.
  private func isAssignment(_ line: UnsafeRawBufferPointer) -> Bool {
    var rest = line
    for word: StaticString in ["export ", "set ", "setx ", "SET ", "let ", "var ", "const ", "- ", "ENV ", "ARG "]
    where rest.has(word) { rest = rest.from(word.utf8CodeUnitCount).withoutLeadingSpace }
    let name = rest.prefix(128).prefix {
      $0.isASCIILetter || $0.isASCIIDigit || $0 >= 0x80 || "_.-$@/\"'[]*%+\\".utf8.contains($0)
    }
    guard name.contains(where: { $0.isASCIILetter || $0 >= 0x80 }) else { return false }
    let value = rest.from(name.count).withoutLeadingSpace
    guard let sign = value.first else { return false }
    if sign == 0x3D || value.has(":=") || value.has("+=") { return true }
    let next = value.byte(1) ?? 0x20
    guard sign == 0x3A, next <= 0x20 || next == 0x22 || next == 0x27 else {
      return false
    }
    // `Note: many words that go on` is prose.
    return value.from(1).split(separator: 0x20).count <= 6
  }

  private static let statements: [StaticString] = [
    "INSERT INTO ", "insert into ", "CREATE TABLE ", "CREATE USER ", "CREATE DATABASE ", "CREATE ROLE ", "ALTER ",
    "GRANT ",
    "UPDATE ", "DROP TABLE ", "USE ", "COPY ", "create table ", "create user ", "grant ", "VALUES ", "('",
  ]

  private func isStatement(_ line: UnsafeRawBufferPointer) -> Bool { LineCount.statements.contains { line.has($0) } }

  private static let directives: Set<String> = [
    "host", "hostname", "port", "user", "username", "password", "passwd", "pass", "login", "machine", "server",
    "remote",
    "proto", "auth", "tls", "account", "default", "from", "listen", "servername", "identityfile", "proxypass", "poll",
    "protocol", "location", "upstream", "include", "listen_addresses", "requirepass", "masterauth", "bind",
    "proxy_pass", "nameserver", "search", "database", "relayhost", "key", "cert", "ca", "dev", "client",
  ]

  // `word value` as in netrc and OpenVPN, `word value;` as in nginx; and the five parts of a line of pgpass.
  private func isDirective(_ line: UnsafeRawBufferPointer) -> Bool {
    let word = line.prefix(64).prefix { $0.isASCIILetter || $0 == 0x5F || $0 == 0x2D }
    let words = line.prefix(512).split(separator: 0x20)
    if line.last == 0x3B || line.last == 0x7B, word.count >= 2, words.count <= 8 { return true }
    if words.count <= (line.has("poll ") || line.has("machine ") ? 24 : 6),
      LineCount.directives.contains(String(decoding: word, as: UTF8.self).lowercased()),
      line.byte(word.count).map({ $0 <= 0x20 }) ?? true
    {
      return true
    }
    return words.count <= 2 && line.split(separator: 0x3A, omittingEmptySubsequences: false).count >= 5
  }
}
