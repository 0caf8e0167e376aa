/// Secrets and hosts in the words of commands and of files that are read word by word: `login NAME password VALUE`,
/// `storepass VALUE`, `-u NAME:PASSWORD`, `-h HOST`.
extension TextScan {
  func lookForCommandWords(_ run: Run) {
    let start = run.range.lowerBound
    let first = text[start] | 0x20
    if first == 0x70 { lookForLogin(run) }
    if run.range.count >= 5,
      run.gap.contains(.line) || text[start] == 0x2D || start > 0 && text[start - 1] == UInt8(ascii: "(")
    {
      lookForDirective(run)
    }
    if first == 0x69, run.range.count == 10, text.has("identified by ", at: start) {
      lookForWord(start + 14, isAlone: false)
    }
    if text.has("-p", at: start), run.range.count >= 6, !run.classes.contains(.dot),
      line(before: start).contains("mysql")
    {
      note(.credential, start + 2..<run.range.upperBound)
    }
    if start > 2, text[start - 1] == 0x20, text[start - 3] == 0x2D { lookForOption(run.range, start - 2..<start - 1) }
    if start > 3, ByteClass(of: text[start - 1]).contains(.quote), text.has(" -p", at: start - 4) {
      lookForOption(run.range, start - 2..<start - 1)
    }
    lookForSlashLogin(run.range)
  }

  // One word behind the name of a secret, and nothing else in the line: `requirepass VALUE`. A word that people use in
  // sentences is no such name, unless brackets or hyphens say that it is one.
  private func lookForDirective(_ run: Run) {
    var name = run.range
    while let first = name.first, text[first] == 0x2D { name = first + 1..<name.upperBound }
    let bytes = Bytes(rebasing: text[name])
    guard recogniser.seeks(.secret), name.count >= 5, recogniser.name(bytes).secrecy == .hard else { return }
    let isBracketed = run.range.lowerBound > 0 && text[run.range.lowerBound - 1] == UInt8(ascii: "(")
    let isBare = [
      "password", "passwort", "secret", "secrets", "kennwort", "clave", "credentials", "passphrase", "identified",
    ]
    .contains(text.text(name).lowercased())
    guard !isBare || isBracketed || name.lowerBound > run.range.lowerBound else { return }
    guard run.range.upperBound < text.count, text[run.range.upperBound] == 0x20 else { return }
    lookForWord(run.range.upperBound + 1, isAlone: true)
  }

  private func lookForWord(_ start: Int, isAlone: Bool) {
    var end = start
    while end < text.count, !text[end].isASCIIBlank, text[end] != UInt8(ascii: ")"), text[end] != UInt8(ascii: ";") {
      end += 1
    }
    guard end > start, text[start].isWordByte, PlainValue.canBeSecret(text, start..<end, isHard: true),
      !PlainValue.functionWords.contains(text.text(start..<end).lowercased())
    else { return }
    guard !isAlone || end >= text.count || text[end] != 0x20 else { return }
    note(.secret, start..<end)
  }

  // `NAME/PASSWORD@HOST`, as Oracle's programs take it.
  private func lookForSlashLogin(_ range: Range<Int>) {
    guard recogniser.seeks(.credential), !recogniser.isContent, text[range.lowerBound].isASCIILetter,
      let at = range.firstIndex(where: { text[$0] == UInt8(ascii: "@") })
    else { return }
    let slashes = range[..<at].filter { text[$0] == UInt8(ascii: "/") }
    guard slashes.count == 1, slashes[0] > range.lowerBound, slashes[0] + 1 < at, at + 1 < range.upperBound,
      range[..<at].allSatisfy({ text[$0].isWordByte || text[$0] == UInt8(ascii: "/") })
    else { return }
    let host = range[(at + 1)...].prefix { text[$0].isWordByte || text[$0] == 0x2D || text[$0] == 0x2E }
    // Names of images and of actions look alike: `lib/app@sha256:…`, `org/step@v4`.
    guard let last = host.last, host.count > 2, text[host.startIndex].isASCIILetter,
      text[last].isASCIIDigit || host.contains(where: { text[$0] == 0x2E }),
      !text.has("sha", at: host.startIndex)
    else { return }
    note(.credential, slashes[0] + 1..<at)
  }

  private func line(before start: Int) -> String {
    text[..<start].suffix(200).split(separator: 0x0A, omittingEmptySubsequences: false).last
      .map { String(decoding: $0, as: UTF8.self).lowercased() } ?? ""
  }

  // `login NAME password VALUE`, as .netrc and many commands have it: the words alone tell.
  private func lookForLogin(_ run: Run) {
    guard recogniser.seeks(.secret), text.has("passw", at: run.range.lowerBound), run.range.count <= 8 else { return }
    var value = run.range.upperBound
    while value < text.count, text[value] == 0x20 || text[value] == 0x09 { value += 1 }
    guard value > run.range.upperBound, value < text.count, text[value].isWordByte else { return }
    var end = value
    while end < text.count, !text[end].isASCIIBlank { end += 1 }
    var next = end
    while next < text.count, text[next] == 0x20 { next += 1 }
    let isTab = value == run.range.upperBound + 1 && text[run.range.upperBound] == 0x09
    guard next >= text.count || text[next] == 0x0A || text[next] == 0x0D,
      PlainValue.canBeSecret(text, value..<end, isHard: true)
    else { return }
    let words = line(before: run.range.lowerBound).split(whereSeparator: \.isWhitespace)
    let isLogin = words.dropLast().last.map { ["login", "user", "username", "account"].contains($0) } ?? false
    guard isTab && words.isEmpty || isLogin || words.last == "set" else { return }
    note(.secret, value..<end)
  }

  // `-u NAME:PASSWORD` and `-pPASSWORD`, as commands take them.
  func lookForOption(_ value: Range<Int>, _ name: Range<Int>) {
    guard name.count == 1, name.lowerBound > 0, text[name.lowerBound - 1] == 0x2D, recogniser.seeks(.credential) else {
      return
    }
    let value = extent(of: value)
    if text[name.lowerBound] == UInt8(ascii: "u"), let colon = value.first(where: { text[$0] == UInt8(ascii: ":") }),
      colon > value.lowerBound, colon + 1 < value.upperBound, text[colon + 1] != UInt8(ascii: "/")
    {
      note(.credential, colon + 1..<value.upperBound)
    } else if text[name.lowerBound] == UInt8(ascii: "p"), value.lowerBound == name.upperBound + 1,
      text[name.upperBound] != 0x20, value.count >= 3
    {
      note(.credential, value)
    } else if text[name.lowerBound] == UInt8(ascii: "h"), recogniser.seeks(.host),
      value.contains(where: { text[$0].isASCIIDigit }),
      HostShape.isServerLabel(text, value)
    {
      note(.host, value)
    }
  }
}
