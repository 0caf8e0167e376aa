/// What leads to another system or person: URLs, hosts and ports, addresses, mail addresses, shares, paths, phone numbers.
extension TextScan {
  mutating func lookForURL(_ run: Run) {
    var index = run.range.lowerBound
    while index < run.range.upperBound {
      guard let colon = (index..<run.range.upperBound).first(where: { text[$0] == UInt8(ascii: ":") }) else { return }
      var start = colon
      while start > run.range.lowerBound, start > colon - 20,
        text[start - 1].isASCIILetter || text[start - 1].isASCIIDigit || [0x2B, 0x2E, 0x2D].contains(text[start - 1])
      { start -= 1 }
      index = colon + 1
      guard start < colon, text[start].isASCIILetter else { continue }
      if text.has("//", at: colon + 1) || colon - start >= 3 && text.has("\\\\", at: colon + 1) {
        lookAtURL(start, colon + 3)
      } else if text.has("jdbc", at: start), colon - start == 4, index < text.count, !text[index].isASCIIBlank {
        note(.connection, start..<run.range.upperBound)
      } else if TextScan.opaqueSchemes.contains(where: {
        colon - start == $0.utf8CodeUnitCount && text.has($0, at: start)
      }),
        index < run.range.upperBound, recogniser.seeks(.url)
      {
        note(.url, start..<run.range.upperBound)
      }
      if recogniser.isDone { return }
    }
  }

  // Schemes without an authority that lead to a person, a machine or a file.
  private static let opaqueSchemes: [StaticString] = [
    "tel", "sip", "sips", "xmpp", "ldapi", "odbc", "smsto", "sms", "fax", "im", "skype", "callto", "magnet", "otpauth",
    "file",
  ]

  private func lookAtURL(_ start: Int, _ authorityStart: Int) {
    // A password may hold signs that end a run.
    var end = authorityStart
    while end < text.count, end - authorityStart < 2048, !text[end].isASCIIBlank, text[end] >= 0x20,
      !"/?#\"<>\\`".utf8.contains(text[end])
    { end += 1 }
    var urlEnd = end
    while urlEnd < text.count, urlEnd - start < 4096, !text[urlEnd].isASCIIBlank, text[urlEnd] >= 0x20,
      !"\"<>`".utf8.contains(text[urlEnd])
    { urlEnd += 1 }
    let authority = authorityStart..<end
    var host = authority
    if let at = authority.last(where: { text[$0] == UInt8(ascii: "@") }) {
      host = at + 1..<authority.upperBound
      if let colon = (authority.lowerBound..<at).first(where: { text[$0] == UInt8(ascii: ":") }), colon + 1 < at,
        !PlainValue.isPlaceholder(text.text(colon + 1..<at))
      {
        note(.credential, colon + 1..<at)
      } else if at - authority.lowerBound >= 20, RandomShape.isRandom(text, authority.lowerBound..<at) {
        note(.credential, authority.lowerBound..<at)
      }
    }
    if TextScan.isWebHook(text, start..<urlEnd) { note(.token, start..<urlEnd) }
    guard recogniser.seeks(.url) else { return }
    if host.isEmpty {
      // Without a host it is a file or a socket of this machine, or a template.
      if urlEnd > end + 1, text[end] == UInt8(ascii: "/") { note(.path, start..<urlEnd) }
      return
    }
    let name = text.text(host)
    if PlainValue.isPlaceholder(name) || name.hasSuffix(".invalid") || isNamespace(start, urlEnd, name) { return }
    note(.url, start..<urlEnd)
  }

  // Addresses that name a format and are never asked for.
  private func isNamespace(_ start: Int, _ end: Int, _ host: String) -> Bool {
    guard text.has("http", at: start), !(start..<end).contains(where: { "?@".utf8.contains(text[$0]) }) else {
      return false
    }
    return [
      "www.w3.org", "schemas.xmlsoap.org", "schemas.microsoft.com", "schemas.openxmlformats.org", "java.sun.com",
      "xmlns.jcp.org", "xmlns.oracle.com", "jakarta.ee", "www.springframework.org", "maven.apache.org", "purl.org",
      "schema.org", "json-schema.org", "ns.adobe.com", "www.sitemaps.org", "www.opengis.net", "xmlns.com",
      "docs.oasis-open.org", "www.apache.org", "creativecommons.org",
    ].contains(host.lowercased())
  }

  // Whoever knows such a URL may use it: the last part is the secret.
  private static func isWebHook(_ text: Bytes, _ range: Range<Int>) -> Bool {
    guard range.count > 40,
      (range.lowerBound + 8..<min(range.upperBound - 4, range.lowerBound + 60)).contains(where: {
        text.has("hook", at: $0)
      })
    else { return false }
    let url = text.text(range.lowerBound..<min(range.upperBound, range.lowerBound + 120)).lowercased()
    return [
      "hooks.slack.com/services/", "discord.com/api/webhooks/", "discordapp.com/api/webhooks/",
      "webhook.office.com/", "outlook.office.com/webhook/", "hooks.zapier.com/hooks/",
    ].contains(where: url.contains)
  }

  mutating func lookForMail(_ run: Run) {
    for at in run.range where text[at] == UInt8(ascii: "@") {
      var start = at
      while start > run.range.lowerBound, at - start < 65,
        text[start - 1].isWordByte || [0x2E, 0x2B, 0x2D, 0x25, 0x23, 0x7E, 0x3D].contains(text[start - 1])
      { start -= 1 }
      var end = at + 1
      while end < run.range.upperBound, text[end].isWordByte || text[end] == 0x2E || text[end] == 0x2D { end += 1 }
      var domain = at + 1..<end
      while let last = domain.last, text[last] == 0x2E || text[last] == 0x2D { domain = domain.lowerBound..<last }
      let isQuoted = start == at && at > 0 && text[at - 1] == UInt8(ascii: "\"")
      guard start < at || isQuoted, !domain.isEmpty, !isChance(start..<domain.upperBound) else { continue }
      var context = HostShape.Context()
      context.isExpected = true
      let isHost = recogniser.hosts.isHost(text, domain, context) || HostShape.isIPv4(text, domain, context)
      let isWhole = start == 0 && domain.upperBound == text.count
      let isNumbered = domain.contains { text[$0].isASCIIDigit } && HostShape.isServerLabel(text, domain)
      guard
        isHost || isNumbered && !recogniser.isContent
          || (isWhole && domain.count >= 2 && domain.allSatisfy({ text[$0].isWordByte || text[$0] == 0x2D })
            && text[domain.lowerBound].isASCIILetter)
      else { continue }
      if text.text(domain).lowercased().hasSuffix(".invalid") { continue }
      // `user:password@host`, without a scheme before it.
      if start > run.range.lowerBound, text[start - 1] == UInt8(ascii: ":") {
        let user = run.range.lowerBound..<start - 1
        let isMade = (start..<at).contains { text[$0].isASCIIDigit } && (start..<at).contains { text[$0].isASCIILetter }
        if !user.isEmpty, at - start >= 4, !TextScan.isMailScheme(text, user), !recogniser.isContent || isMade,
          !user.contains(where: { text[$0] == UInt8(ascii: "/") })
        {
          note(.credential, start..<at)
        }
      }
      // Behind it may come the path of a repository or of a copy: a machine's address.
      note(.mail, start..<domain.upperBound)
      if recogniser.isDone { return }
      if recogniser.seeks(.host), !recogniser.seeks(.mail), end < run.range.upperBound, text[end] == UInt8(ascii: ":") {
        note(.host, domain)
      }
    }
  }

  private static func isMailScheme(_ text: Bytes, _ range: Range<Int>) -> Bool {
    let words: Set = [
      "mailto", "sip", "sips", "xmpp", "im", "acct", "smtp", "from", "to", "cc", "bcc", "mail", "email", "e-mail",
      "tel",
      "contact", "kontakt", "reply-to", "sender", "rfc822", "http", "https", "user", "login",
    ]
    return words.contains(text.text(range).lowercased())
  }

  /// A host with a port, an IPv6 address, a path of another machine (`host:/path`, `host::module`).
  mutating func lookForPort(_ run: Run) {
    var range = run.range
    if HostShape.isIPv6(text, range) { return note(.address, range) }
    // Oracle's, Exim's and others' words before a host: `ssl:host`, `tcp:host,1433`.
    for scheme: StaticString in ["ssl:", "tcp:", "udp:", "tls:", "starttls:"]
    where text.has(scheme, at: range.lowerBound) {
      range = range.lowerBound + scheme.utf8CodeUnitCount..<range.upperBound
      var name = range
      while let last = name.last, !text[last].isWordByte { name = name.lowerBound..<last }
      if !name.isEmpty, !text.has("//", at: name.lowerBound), PlainValue.canBeHost(text, name) {
        return note(.host, range)
      }
    }
    // A line of .pgpass: host, port, database, user, password.
    let colons = range.filter { text[$0] == UInt8(ascii: ":") }
    if colons.count == 4, colons[3] + 1 < range.upperBound, colons[1] - colons[0] >= 2,
      (colons[0] + 1..<colons[1]).allSatisfy({ text[$0].isASCIIDigit || text[$0] == UInt8(ascii: "*") }),
      colons[0] - range.lowerBound >= 2
    {
      return note(.credential, colons[3] + 1..<range.upperBound)
    }
    guard let colon = range.first(where: { text[$0] == UInt8(ascii: ":") }), colon > range.lowerBound + 1 else {
      return
    }
    let name = range.lowerBound..<colon
    guard text[name.lowerBound].isWordByte,
      name.allSatisfy({ text[$0].isWordByte || text[$0] == 0x2D || text[$0] == 0x2E })
    else { return }
    var end = colon + 1
    while end < range.upperBound, text[end].isASCIIDigit { end += 1 }
    let digits = end - colon - 1
    if (1...5).contains(digits),
      end == range.upperBound || text[end] == UInt8(ascii: "/") || digits >= 4 && text[end] == UInt8(ascii: ":"),
      let port = Int(text.text(colon + 1..<end)), (1...65535).contains(port),
      name.contains(where: { text[$0].isASCIILetter })
    {
      var context = HostShape.Context()
      context.isExpected = true
      let isName = recogniser.hosts.isHost(text, name, context)
      // A word and a number is a measure or a chapter unless the word is a machine's or the number a service's.
      let isServer = HostShape.isServerLabel(text, name) || name.contains(where: { text[$0].isASCIIDigit })
      let isAlone = run.range.lowerBound == 0 || text[run.range.lowerBound - 1] != 0x20 || run.gap.contains(.line)
      if isName || digits >= 2 && isServer
        || TextScan.servicePorts.contains(port) && isAlone && !text.has("localhost", at: name.lowerBound)
      {
        return note(.host, name.lowerBound..<end)
      }
    }
    // NFS and rsync.
    if colon + 1 < range.upperBound, text[colon + 1] == UInt8(ascii: "/"), !text.has("//", at: colon + 1),
      name.count >= 3,
      !TextScan.pathWords.contains(text.text(name).lowercased())
    {
      return note(.share, range)
    }
    if text.has("::", at: colon), colon + 2 < range.upperBound, text[colon + 2].isASCIILetter,
      HostShape.isServerLabel(text, name) || recogniser.hosts.isHost(text, name, HostShape.Context())
    {
      note(.share, range)
    }
  }

  private static let pathWords: Set = [
    "file", "path", "from", "to", "url", "dir", "src", "href", "get", "post", "put", "root", "home", "log",
  ]
  // IANA's registry of ports: mail, web, directories, databases, queues, remote shells.
  private static let servicePorts: Set = [
    25, 80, 443, 465, 587, 993, 995, 110, 143, 389, 636, 1433, 1521, 3306, 5432, 6379, 8080, 8443, 9092, 27017, 5672,
    11211, 2181, 9200, 1099, 8007, 1808, 1809, 1810, 3389, 22, 21, 53, 3128, 50000,
  ]

  /// Names and addresses with dots.
  mutating func lookForHosts(_ run: Run) {
    let range = run.range
    var start = range.lowerBound
    var hasDot = false
    for index in range.lowerBound...range.upperBound {
      let byte = index < range.upperBound ? text[index] : 0
      if byte == 0x2E { hasDot = true }
      guard index == range.upperBound || !(byte.isWordByte || byte == 0x2E || byte == 0x2D) else { continue }
      // Mail addresses are looked at as such.
      let isMail = byte == UInt8(ascii: "@") || start > range.lowerBound && text[start - 1] == UInt8(ascii: "@")
      if hasDot, index - start >= 4, !isMail { lookForHost(start..<index, range) }
      if recogniser.isDone { return }
      start = index + 1
      hasDot = false
    }
  }

  private func lookForHost(_ whole: Range<Int>, _ run: Range<Int>) {
    var atom = whole
    // The quotation marks of printed text.
    let inner = whole.drop { text[$0] >= 0x80 }
    let end = inner.last { text[$0] < 0x80 }.map { $0 + 1 } ?? inner.startIndex
    if end - inner.startIndex >= 4, (inner.startIndex..<end).allSatisfy({ text[$0] < 0x80 }) {
      atom = inner.startIndex..<end
    }
    var context = HostShape.Context()
    context.isWhole = run.lowerBound == 0 && run.upperBound == text.count
    context.next = atom.upperBound < text.count ? text[atom.upperBound] : 0
    if atom.lowerBound > run.lowerBound + 1, text[atom.lowerBound - 1] == UInt8(ascii: "/") {
      context.followsProduct = text[atom.lowerBound - 2].isASCIILetter
    }
    // What stands behind a slash is a file of a path or a URL's, which was looked at.
    let isInPath =
      atom.lowerBound > run.lowerBound && text[atom.lowerBound - 1] == UInt8(ascii: "/")
      && !text.has("//", at: atom.lowerBound - 2)
    if let hyphen = atom.first(where: { text[$0] == 0x2D }), text[atom.lowerBound].isASCIIDigit {
      // A range of addresses.
      if HostShape.isIPv4(text, atom.lowerBound..<hyphen, context) { return note(.address, atom) }
    }
    if HostShape.isIPv4(text, atom, context) {
      if !followsSectionWord(atom.lowerBound) { note(.address, atom) }
      return
    }
    guard !isInPath, !isChance(atom), recogniser.hosts.isHost(text, atom, context) else { return }
    // A URL that names a format.
    if atom.lowerBound >= 3, text.has("://", at: atom.lowerBound - 3) { return }
    note(.host, atom)
  }

  // Among random bytes a few letters and a dot come up by chance.
  private func isChance(_ range: Range<Int>) -> Bool {
    guard notations.contains(.strings) else { return false }
    return range.count < 8 || range.contains { text[$0].isASCIIUpper } && range.contains { text[$0].isASCIILower }
  }

  // `section 4.1.1.3` and `version 1.2.3.4` number parts of a text or a program.
  private func followsSectionWord(_ start: Int) -> Bool {
    var end = start
    while end > 0, start - end < 3, text[end - 1] == 0x20 || text[end - 1] == 0x2E { end -= 1 }
    var begin = end
    while begin > 0, end - begin < 12, text[begin - 1].isASCIILetter { begin -= 1 }
    return [
      "sec", "section", "sections", "version", "ver", "v", "chapter", "kapitel", "abschnitt", "release", "build",
      "para",
      "art", "oid", "rev",
    ].contains(text.text(begin..<end).lowercased())
  }

  /// Absolute paths, network shares, drives.
  mutating func lookForPath(_ run: Run) {
    let range = run.range
    let start = range.lowerBound
    let first = text[start]
    if text.has("\\\\", at: start), text.has("?\\", at: start + 2) || text.has(".\\", at: start + 2) {
      return note(.share, start..<min(text.count, start + 8))
    }
    if text.has("\\\\", at: start), range.count > 4, text[start + 2].isWordByte { return note(.share, range) }
    if text.has("//", at: start), range.count > 5, text[start + 2].isWordByte,
      (start + 2..<range.upperBound).contains(where: { text[$0] == UInt8(ascii: "/") })
    {
      return note(.share, range)
    }
    guard recogniser.seeks(.path) else { return }
    if range.count >= 3, first.isASCIILetter, text[start + 1] == UInt8(ascii: ":"),
      text[start + 2] == UInt8(ascii: "\\") || text[start + 2] == UInt8(ascii: "/") && range.count > 3
    {
      return note(.path, range)
    }
    let before = start > 0 ? text[start - 1] : 0x20
    guard first == UInt8(ascii: "/"), range.count >= 3, before != UInt8(ascii: "<"),
      text[start + 1].isASCIILetter || before == UInt8(ascii: "~")
    else { return }
    let slashes = range.count { text[$0] == UInt8(ascii: "/") }
    let isWhole = start == 0 && range.upperBound == text.count
    if slashes >= 2 || isWhole || before == UInt8(ascii: "~") { note(.path, range) }
  }

  /// An international phone number: a plus and 8 to 15 digits (ITU-T E.164), parted as people part them.
  mutating func lookForPhone(_ run: Run) {
    guard recogniser.seeks(.phone) else { return }
    let start = run.range.lowerBound
    // `00` stands for the plus where people dial; without a blank behind the country it is a padded number.
    let isDialled = text[start] == 0x30
    if isDialled {
      guard text.has("00", at: start), (4...5).contains(run.range.count), text[start + 2].isASCIIDigit,
        text[start + 2] != 0x30,
        run.classes == .digit
      else { return }
    }
    var index = start + (isDialled ? 2 : 1)
    var digits = 0
    while index < text.count, index - start < 28 {
      if text[index].isASCIIDigit { digits += 1 } else if !" -./()".utf8.contains(text[index]) { break }
      index += 1
    }
    while index > start, !text[index - 1].isASCIIDigit { index -= 1 }
    guard (8...15).contains(digits), index >= text.count || !text[index].isASCIILetter else { return }
    note(.phone, start..<index)
  }
}
