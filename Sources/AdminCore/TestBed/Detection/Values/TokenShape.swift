/// Tokens and password hashes whose form is public: their makers give them a prefix so that they can be found.
enum TokenShape {
  /// Whether a run is such a token.
  static func isToken(_ text: Bytes, _ range: Range<Int>) -> Bool {
    guard range.count >= 16 else { return false }
    let start = range.lowerBound
    for form in forms where range.count >= form.least && has(form.prefix, text, start) {
      let tail = start + form.prefix.utf8CodeUnitCount..<range.upperBound
      let isAccessKey =
        form.prefix.utf8CodeUnitCount == 4 && form.least == 20 && range.count == 20
        && tail.allSatisfy({ text[$0].isASCIIUpper || text[$0].isASCIIDigit })
      if isAccessKey || tail.allSatisfy({ isTokenByte(text[$0]) }) && isMadeUp(text, tail) { return true }
    }
    // A JSON Web Token (RFC 7519) begins with the base64 of `{"`.
    if has("eyJ", text, start), range.count(where: { text[$0] == 0x2E }) >= 2, range.count >= 30 { return true }
    // A Telegram bot: digits, a colon, 35 characters.
    if let colon = range.first(where: { text[$0] == 0x3A }), (8...10).contains(colon - start),
      (start..<colon).allSatisfy({ text[$0].isASCIIDigit }), range.upperBound - colon - 1 >= 30
    {
      return isMadeUp(text, colon + 1..<range.upperBound)
    }
    // Mailchimp: 32 hexadecimal digits and the name of a data centre.
    if range.count >= 36, (start..<start + 32).allSatisfy({ text[$0].hexValue != nil }), text.has("-us", at: start + 32)
    {
      return true
    }
    return false
  }

  /// Whether the scheme of a password hash begins here, behind a dollar sign: crypt(5), and the PHC string format.
  static func isPasswordHash(_ text: Bytes, _ range: Range<Int>) -> Bool {
    guard range.lowerBound > 0, text[range.lowerBound - 1] == UInt8(ascii: "$"), range.upperBound < text.count,
      text[range.upperBound] == UInt8(ascii: "$"), range.count <= 16
    else { return false }
    let scheme = text.text(range).lowercased()
    guard
      ["1", "5", "6", "7", "y", "2a", "2b", "2y", "2x", "apr1", "sha1", "md5", "p", "h", "s", "gy"].contains(scheme)
        || ["argon2", "scrypt", "pbkdf2", "bcrypt"].contains(where: scheme.hasPrefix)
    else { return false }
    return text[(range.upperBound + 1)...].prefix(300).prefix { !$0.isASCIIBlank && $0 != 0x22 && $0 != 0x27 }.count
      >= 8
  }

  private struct Form {
    let prefix: StaticString
    let least: Int
    init(_ prefix: StaticString, _ least: Int) {
      self.prefix = prefix
      self.least = least
    }
  }

  // As their makers document them.
  private static let forms = [
    Form("AKIA", 20), Form("ASIA", 20), Form("ABIA", 20), Form("ACCA", 20), Form("ghp_", 36), Form("gho_", 36),
    Form("ghu_", 36), Form("ghs_", 36), Form("ghr_", 36), Form("github_pat_", 30), Form("glpat-", 20),
    Form("gldt-", 20),
    Form("glrt-", 20), Form("xoxb-", 20), Form("xoxp-", 20), Form("xoxa-", 20), Form("xoxs-", 20), Form("xoxr-", 20),
    Form("xoxe.", 20), Form("xapp-", 20), Form("sk_live_", 20), Form("sk_test_", 20), Form("rk_live_", 20),
    Form("pk_live_", 20), Form("whsec_", 20), Form("sk-", 20), Form("SG.", 20), Form("key-", 30), Form("AIza", 30),
    Form("ya29.", 20), Form("1//0", 20), Form("GOCSPX-", 20), Form("EAAC", 30), Form("npm_", 30), Form("pypi-", 30),
    Form("dop_v1_", 30), Form("doo_v1_", 30), Form("shpat_", 30), Form("shpss_", 30), Form("shpca_", 30),
    Form("hf_", 20),
    Form("AGE-SECRET-KEY-1", 50), Form("sq0atp-", 20), Form("sq0csp-", 20), Form("ATATT", 30), Form("hvs.", 20),
    Form("hvb.", 20), Form("dckr_pat_", 20), Form("glsa_", 30), Form("NRAK-", 20), Form("PMAK-", 30), Form("dapi", 32),
    Form("lin_api_", 30), Form("pat-", 30), Form("xkeysib-", 30), Form("re_", 20), Form("tfp_", 30), Form("AC", 34),
    Form("SK", 34), Form("EZAK", 40), Form("rubygems_", 30), Form("sntrys_", 30), Form("phc_", 30), Form("mfa.", 40),
    Form("MTA", 50), Form("MTE", 50), Form("NzA", 50), Form("ODk", 50),
  ]

  private static func has(_ prefix: StaticString, _ text: Bytes, _ start: Int) -> Bool {
    guard start + prefix.utf8CodeUnitCount <= text.count else { return false }
    for offset in 0..<prefix.utf8CodeUnitCount where text[start + offset] != prefix.utf8Start[offset] { return false }
    return true
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    byte.isASCIILetter || byte.isASCIIDigit || [0x2D, 0x5F, 0x2E, 0x2B, 0x2F, 0x7E, 0x3A].contains(byte)
  }

  private static func isMadeUp(_ text: Bytes, _ range: Range<Int>) -> Bool {
    var digits = 0
    var letters = 0
    for index in range {
      if text[index].isASCIIDigit { digits += 1 } else if text[index].isASCIILetter { letters += 1 }
    }
    return digits >= 2 && letters >= 2
      || range.count >= 30 && letters + digits >= 24 && RandomShape.changes(text, range) >= 4
  }
}

/// Tells what a machine drew from what a person wrote: words keep to one case and letters apart from digits.
enum RandomShape {
  /// Whether a run of 16 characters or more is a random value.
  static func isRandom(_ text: Bytes, _ range: Range<Int>) -> Bool {
    guard range.count >= 16, !isDuration(text, range) else { return false }
    var hex = 0
    var distinct: UInt64 = 0
    var distinctHigh: UInt64 = 0
    for index in range {
      let byte = text[index]
      guard byte.isASCIILetter || byte.isASCIIDigit || [0x2B, 0x2F, 0x3D, 0x5F, 0x2D, 0x2E, 0x3A].contains(byte) else {
        return false
      }
      if byte.hexValue != nil || byte == 0x2D || byte == 0x3A { hex += 1 }
      if byte < 64 { distinct |= 1 << UInt64(byte) } else { distinctHigh |= 1 << UInt64(byte - 64) }
    }
    let kinds = distinct.nonzeroBitCount + distinctHigh.nonzeroBitCount
    guard kinds >= 8 else { return false }
    if hex == range.count, range.count >= 32, range.contains(where: { text[$0].isASCIILetter }) { return true }
    guard range.count >= 20 else { return range.count >= 16 && kinds >= 11 && changes(text, range) >= 6 }
    return changes(text, range) * 100 >= range.count * 17 && changes(text, range) >= 4
  }

  // ISO 8601: `P3Y6M4DT12H30M5S`.
  private static func isDuration(_ text: Bytes, _ range: Range<Int>) -> Bool {
    text[range.lowerBound] == UInt8(ascii: "P")
      && range.dropFirst().allSatisfy { text[$0].isASCIIDigit || "YMWDTHS.".utf8.contains(text[$0]) }
  }

  /// How often letters and digits, or small and capital letters, follow each other within words.
  static func changes(_ text: Bytes, _ range: Range<Int>) -> Int {
    var changes = 0
    for index in range.dropFirst() {
      let before = text[index - 1]
      let byte = text[index]
      if before.isASCIILetter && byte.isASCIIDigit || before.isASCIIDigit && byte.isASCIILetter
        || before.isASCIILower && byte.isASCIIUpper
      {
        changes += 1
      }
    }
    return changes
  }
}
