/// Values whose name stands before them, in the notations of configuration files and programs: `name=value`,
/// `"name": "value"`, `<name>value</name>`, `s:4:"name";s:5:"value"`, `machine x password y`.
extension TextScan {
  func lookForNamedValue(_ run: Run) {
    let range = run.range
    lookForCommandWords(run)
    if recogniser.isDone { return }
    // What ends in a colon is a name itself.
    if text[range.upperBound - 1] == UInt8(ascii: ":"), run.gap.isDisjoint(with: .quote) { return }
    // `name:value` in one run.
    if run.classes.contains(.colon), let colon = range.first(where: { text[$0] == UInt8(ascii: ":") }),
      colon > range.lowerBound, colon + 1 < range.upperBound, text[colon + 1] != UInt8(ascii: "/"),
      text[colon + 1] != UInt8(ascii: ":")
    {
      judge(colon + 1..<range.upperBound, under: range.lowerBound..<colon, isStrong: true)
      if recogniser.isDone { return }
    }
    let isStructured =
      run.followsColon || !run.gap.isDisjoint(with: [.equals, .greater, .nul])
      || (run.gap.contains(.bar) && range.lowerBound > 0 && text[range.lowerBound - 1] == UInt8(ascii: "|"))
      || (run.gap.contains(.quote) && isQuoted(range.lowerBound))
    // Without a sign between them only what looks like a made-up word is a value: `password hunter2`.
    guard isStructured || looksMadeUp(run) else { return }
    guard range.lowerBound == 0 || text[range.lowerBound - 1] != UInt8(ascii: "<") else { return }
    if run.gap.contains(.greater), let tag = tag(before: range.lowerBound) {
      judge(range, under: tag, isStrong: true)
      if recogniser.isDone { return }
    }
    if let name = name(before: range.lowerBound) { judge(range, under: name, isStrong: isStructured) }
    lookForHeader(run)
  }

  // `Basic dXNlcjpwYXNz` and the like, as HTTP headers have them.
  private func lookForHeader(_ run: Run) {
    guard run.range.count >= 8, run.gap.contains(.blank), let name = name(before: run.range.lowerBound),
      text.has("basic", at: name.lowerBound) && name.count == 5
        || text.has("bearer", at: name.lowerBound) && name.count == 6
        || text.has("digest", at: name.lowerBound) && name.count == 6,
      looksMadeUp(run)
        || run.range.contains(where: { text[$0].isASCIIUpper }) && run.range.contains(where: { text[$0].isASCIILower })
    else { return }
    note(.credential, run.range)
  }

  private func judge(_ value: Range<Int>, under nameRange: Range<Int>, isStrong: Bool) {
    lookForOption(value, nameRange)
    let initial = text[nameRange.lowerBound]
    guard nameRange.count <= 128, initial.isASCIILetter || initial >= 0x80 || initial == 0x5F else {
      return
    }
    let name = recogniser.name(Bytes(rebasing: text[nameRange]))
    guard name.isSecret || name.isAddress || name.isPhone else { return }
    let value = extent(of: value)
    let isQuoted = isQuoted(value.lowerBound)
    guard !value.isEmpty, value.contains(where: { text[$0].isWordByte }) else { return }
    // What a colon follows is the next name of a list.
    if isQuoted, value.upperBound + 1 < text.count, text[value.upperBound + 1] == UInt8(ascii: ":") { return }
    if name.isSecret, recogniser.seeks(.secret), !(recogniser.isContent && name.secrecy < .hard),
      PlainValue.canBeSecret(text, value, isHard: name.secrecy == .hard),
      !recogniser.isContent || looksMadeUp(value) || isTight(nameRange, value),
      isQuoted || isStrong && !isProse(value) || looksMadeUp(value)
    {
      return note(.secret, value)
    }
    if nameRange.count == 1, nameRange.lowerBound > 0, text[nameRange.lowerBound - 1] == 0x2D { return }
    if name.isPhone, recogniser.seeks(.phone), value.count(where: { text[$0].isASCIIDigit }) >= 6 {
      return note(.phone, value)
    }
    if name.isHost, isStrong, recogniser.seeks(.host), PlainValue.canBeHost(text, value) { note(.host, value) }
  }

  /// Whether a quotation mark opens right before a value; one behind a word closes what was before.
  func isQuoted(_ start: Int) -> Bool {
    guard start > 0, ByteClass(of: text[start - 1]).contains(.quote) else { return false }
    return start == 1 || !(text[start - 2].isWordByte || text[start - 2] == 0x2E)
  }

  /// From the first byte of a value to its end: a quotation mark of its own, else a blank or a separator.
  func extent(of value: Range<Int>) -> Range<Int> {
    let limit = min(text.count, value.lowerBound + 1024)
    var end = value.lowerBound
    let before = value.lowerBound > 0 ? text[value.lowerBound - 1] : 0
    if isQuoted(value.lowerBound) {
      while end < limit, text[end] != before, text[end] != 0 { end += text[end] == UInt8(ascii: "\\") ? 2 : 1 }
      return value.lowerBound..<min(end, limit)
    }
    while end < limit, !text[end].isASCIIBlank, text[end] != 0, !"\"'<;&,)]}|".utf8.contains(text[end]) { end += 1 }
    return value.lowerBound..<max(end, min(value.upperBound, limit))
  }

  // In a letter a word behind `password:` is a sentence; behind `password=` and in quotation marks it is a program's.
  private func isTight(_ name: Range<Int>, _ value: Range<Int>) -> Bool {
    guard value.lowerBound > 0, name.upperBound < text.count else { return false }
    if text[value.lowerBound - 1] == UInt8(ascii: "=") { return name.upperBound == value.lowerBound - 1 }
    func isQuote(_ byte: UInt8) -> Bool { ByteClass(of: byte).contains(.quote) }
    return isQuote(text[value.lowerBound - 1]) && isQuote(text[name.upperBound])
      && text[name.upperBound..<value.lowerBound].contains { $0 == 0x3A || $0 == 0x3D || $0 == 0x3B }
  }

  /// Whether a value is the beginning of a sentence.
  private func isProse(_ value: Range<Int>) -> Bool {
    if looksMadeUp(value) { return false }
    let line = text[value.lowerBound...].prefix(160).prefix { $0 != 0x0A && $0 != 0x0D && $0 != 0 }
    let words = line.split(whereSeparator: { $0.isASCIIBlank }).map {
      String(decoding: $0, as: UTF8.self).lowercased().filter(\.isLetter)
    }
    // Alone a short one is a value: `pwd: y`.
    if words.count == 1 { return words[0].count > 3 && PlainValue.functionWords.contains(words[0]) }
    return words.contains(where: PlainValue.functionWords.contains)
  }

  func looksMadeUp(_ run: Run) -> Bool {
    // Cheap for the many: letters and digits in one run.
    run.classes.contains(.digit) && !run.classes.isDisjoint(with: .letters) && looksMadeUp(run.range)
  }

  /// Whether something looks like nobody's word: letters with digits or signs in it, six bytes at least.
  func looksMadeUp(_ value: Range<Int>) -> Bool {
    guard value.count >= 6 else { return false }
    var letters = 0
    var digits = 0
    var signs = 0
    for index in value {
      let byte = text[index]
      if byte.isASCIILetter || byte >= 0x80 {
        letters += 1
      } else if byte.isASCIIDigit {
        digits += 1
      } else if "!$%^*~#+?".utf8.contains(byte) {
        signs += 1
      }
    }
    return letters >= 2 && (digits >= 1 || signs >= 2)
  }

  /// The name that stands before a value: the run before, without what notations put between them.
  private func name(before start: Int) -> Range<Int>? {
    var index = start
    for _ in 0..<5 {
      var steps = 0
      while index > 0, isDelimiter(text[index - 1]), steps < 48 {
        index -= 1
        steps += 1
        // Two quotation marks are an empty value: what stands before them is not the name of what follows.
        if steps > 2, index > 0, text[index] == text[index - 1], text[index] == 0x22 || text[index] == 0x27 {
          return nil
        }
      }
      var range = index..<index
      while index > 0, !isDelimiter(text[index - 1]), range.upperBound - index < 160 { index -= 1 }
      range = index..<range.upperBound
      guard !range.isEmpty else { return nil }
      let isClosingTag = text[index] == UInt8(ascii: "/") && index > 0 && text[index - 1] == UInt8(ascii: "<")
      while let last = range.last, text[last] == UInt8(ascii: ":") || text[last] == UInt8(ascii: "-") {
        range = range.lowerBound..<last
      }
      while let first = range.first, text[first] == UInt8(ascii: ":") || text[first] == 0x2D {
        range = first + 1..<range.upperBound
      }
      if range.isEmpty || isClosingTag || isFiller(range) { continue }
      return range
    }
    return nil
  }

  /// The name of the element whose opening tag ends right before a value.
  private func tag(before start: Int) -> Range<Int>? {
    var index = start
    while index > 0, start - index < 200, text[index - 1] != UInt8(ascii: "<") { index -= 1 }
    guard index > 0, text[index - 1] == UInt8(ascii: "<"), index < text.count, text[index].isASCIILetter else {
      return nil
    }
    var end = index
    while end < start, !text[end].isASCIIBlank, text[end] != UInt8(ascii: ">") { end += 1 }
    // A namespace's prefix says nothing.
    let colon = (index..<end).last { text[$0] == UInt8(ascii: ":") }
    return (colon.map { $0 + 1 } ?? index)..<end
  }

  private func isDelimiter(_ byte: UInt8) -> Bool { ByteClass(of: byte).contains(.delimiter) }

  // What stands between a name and its value without being either: the types of a notation, and words for "value".
  private func isFiller(_ range: Range<Int>) -> Bool {
    if range.count <= 12, text[range.lowerBound].isASCIILetter, range.count >= 3,
      text[range.lowerBound + 1] == UInt8(ascii: ":"),
      range.dropFirst(2).allSatisfy({ text[$0].isASCIIDigit })
    {
      return true
    }
    guard range.count <= 8 else { return false }
    guard text[range.lowerBound].isASCIILetter else { return false }
    return NamedWords.fillers.contains { $0.utf8CodeUnitCount == range.count && text.has($0, at: range.lowerBound) }
  }
}

private enum NamedWords {
  /// Words for "value".
  static let fillers: [StaticString] = [
    "value", "val", "v", "string", "str", "text", "cdata", "is", "ist", "est", "data", "content", "by", "varchar",
  ]
}

/// Values that are nobody's secret and no machine, whatever their name.
enum PlainValue {
  static func canBeSecret(_ text: Bytes, _ range: Range<Int>, isHard: Bool) -> Bool {
    guard range.count >= 2 || isHard else { return false }
    let value = text.text(range.lowerBound..<min(range.upperBound, range.lowerBound + 64)).lowercased()
    if trivial.contains(value) || isPlaceholder(value) { return false }
    if value.allSatisfy({ $0 == "*" || $0 == "•" || $0 == "x" || $0 == "." || $0 == "-" || $0 == "#" }) { return false }
    // A short number is a switch, a length or a count, unless the name says password.
    if value.allSatisfy(\.isNumber) { return isHard && range.count >= 4 }
    return isHard || range.count >= 6
  }

  /// Whether a value only turns something on or off, or says that nothing is set.
  static func isSwitch(_ text: Bytes, _ range: Range<Int>) -> Bool {
    range.count <= 8
      && ["true", "false", "yes", "no", "on", "off", "none", "null", "nil", "-"].contains(text.text(range).lowercased())
  }

  static func canBeHost(_ text: Bytes, _ range: Range<Int>) -> Bool {
    guard (2...253).contains(range.count),
      range.allSatisfy({ index in
        text[index].isWordByte || text[index] == 0x2D || text[index] == 0x2E || text[index] == 0x3A
      }), range.contains(where: { text[$0].isASCIILetter })
    else { return false }
    let value = text.text(range).lowercased()
    return !trivial.contains(value) && !ordinary.contains(value) && !value.hasPrefix("localhost")
      && !value.hasSuffix(".invalid")
  }

  /// `${NAME}`, `{{name}}`, `%(name)s`, `<name>` and the like: filled in later.
  static func isPlaceholder(_ value: String) -> Bool {
    ["${", "{{", "%(", "<", "$(", "#{", "@@", "%{", "{%", "{"].contains { value.hasPrefix($0) } || value == "%s"
      || value == "?"
  }

  private static let trivial: Set = [
    "", "true", "false", "yes", "no", "on", "off", "none", "null", "nil", "undefined", "default", "auto", "enabled",
    "disabled", "required", "optional", "string", "text", "password", "hidden", "basic", "digest", "bearer", "n/a", "~",
    "unset", "empty", "passwort", "passwd", "token", "secret", "session", "cookie", "header", "never", "always",
    "field",
    "username", "input", "label", "plain", "login", "ntlm", "md5", "sha1", "sha256", "bcrypt", "crypt", "internal",
    "varchar", "char", "blob", "not", "forgot", "reset", "strict", "lax", "void", "function", "return", "this", "self",
  ]
  private static let ordinary: Set = [
    "primary", "secondary", "all", "any", "self", "this", "other", "main", "local", "global", "remote", "external",
    "host", "hostname", "server", "name", "utf8", "utf8mb4", "latin1", "localhost", "nginx", "apache", "tomcat",
    "direct", "manual", "system",
    "http",
    "https", "ssl", "tls", "starttls", "up", "down", "ok", "error", "active", "inactive", "integer", "number",
    "boolean",
    "object", "array", "url", "is", "and", "or", "the", "for", "not", "unknown", "standard",
  ]
  /// Words that make a sentence of what stands beside them.
  static let functionWords: Set = [
    "at", "least", "must", "the", "your", "is", "are", "be", "for", "to", "of", "and", "or", "not", "please", "enter",
    "characters", "was", "has", "been", "will", "can", "with", "that", "this", "it", "in", "on", "by", "a", "an", "if",
    "you", "we", "no", "der", "die", "das", "und", "ist", "bitte", "mindestens", "zeichen", "ihr", "oder", "nicht",
    "ein",
    "eine", "le", "la", "les", "votre", "est", "et", "au", "moins", "el", "su", "y", "al", "menos", "requested",
    "vergessen", "vergeten", "oublié", "olvidada", "dimenticata", "glemt", "glömt",
    "required", "reset", "changed", "expired", "forgotten",
  ]
}
