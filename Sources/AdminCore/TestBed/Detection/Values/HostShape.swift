import CPsl
import Glibc
import Platform

/// Tells host names and addresses from other words with dots. Names are judged with the public suffix list
/// (https://publicsuffix.org) through libpsl; what it does not list can still be a name inside a company.
struct HostShape {
  private let list: OpaquePointer?
  /// Verdicts on last labels, which are few.
  private var knownSuffixes: [String: Bool] = [:]

  init() { list = psl_builtin() }

  /// What stands before and after an atom decides where its own form does not.
  struct Context {
    /// Nothing else stands in the value.
    var isWhole = false
    /// A scheme, an at sign or a port says that a host is meant.
    var isExpected = false
    var next: UInt8 = 0
    /// A letter and a slash stand before, as in the names of programs: `Firefox/120.0.1.2`.
    var followsProduct = false
  }

  /// Whether an atom of letters, digits, dots and hyphens names a machine.
  mutating func isHost(_ text: Bytes, _ range: Range<Int>, _ context: Context) -> Bool {
    var range = range
    while let first = range.first, text[first] == 0x2E || text[first] == 0x2D { range = first + 1..<range.upperBound }
    while let last = range.last, text[last] == 0x2E || text[last] == 0x2D { range = range.lowerBound..<last }
    guard (4...253).contains(range.count), context.next != UInt8(ascii: "(") else { return false }
    var dots = 0
    var labelStart = range.lowerBound
    var lastLabel = range
    var hasDigitOrHyphen = false
    for index in range {
      let byte = text[index]
      if byte == 0x2E {
        guard index > labelStart, index - labelStart <= 63 else { return false }
        dots += 1
        labelStart = index + 1
        lastLabel = labelStart..<range.upperBound
      } else if byte.isASCIIDigit || byte == 0x2D {
        hasDigitOrHyphen = true
      } else if !byte.isASCIILetter, byte != 0x5F, byte < 0x80 {
        return false
      }
    }
    guard dots > 0, (2...63).contains(lastLabel.count) else { return false }
    let isPunycode = text.has("xn--", at: lastLabel.lowerBound)
    guard isPunycode || lastLabel.allSatisfy({ text[$0].isASCIILetter || text[$0] >= 0x80 }) else { return false }
    let suffix = text.text(lastLabel).lowercased()
    let firstLabel = range.prefix { text[$0] != 0x2E }
    // A sentence whose blank was forgotten: `the end.It was`.
    if !context.isExpected, text[lastLabel.lowerBound].isASCIIUpper,
      lastLabel.dropFirst().allSatisfy({ text[$0].isASCIILower }),
      !text[firstLabel.startIndex].isASCIIUpper
    {
      return false
    }
    let isServer = HostShape.isServerLabel(text, firstLabel.startIndex..<firstLabel.endIndex)
    guard isKnown(suffix, text, lastLabel) else {
      // Inside a company any name will do; of those only what is clearly a machine is told from a file or a key.
      return (context.isExpected && !HostShape.fileEndings.contains(suffix))
        || (isServer && hasDigitOrHyphen && !HostShape.fileEndings.contains(suffix)
          && firstLabel.contains { text[$0].isASCIIDigit || text[$0] == 0x2D })
    }
    if HostShape.fileEndings.contains(suffix), !context.isExpected { return false }
    if HostShape.fileSuffixes.contains(suffix) { return dots > 1 && (context.isExpected || isServer) }
    if context.isExpected { return true }
    if dots == 1, HostShape.fileStems.contains(text.text(firstLabel.startIndex..<firstLabel.endIndex).lowercased()) {
      return false
    }
    if dots == 1, firstLabel.count == 1, suffix.utf8.count > 3 { return false }
    if HostShape.wordSuffixes.contains(suffix) {
      let isNumbered = firstLabel.contains { text[$0].isASCIIDigit || text[$0] == 0x2D }
      return isServer && isNumbered || dots == 1 && hasDigitOrHyphen && context.isWhole
        || ["mail", "smtp", "imap", "www", "ftp", "mx"].contains(
          text.text(firstLabel.startIndex..<firstLabel.endIndex).lowercased())
    }
    return true
  }

  private mutating func isKnown(_ suffix: String, _ text: Bytes, _ label: Range<Int>) -> Bool {
    if let known = knownSuffixes[suffix] { return known }
    // Reserved names (RFC 6761, RFC 6762, RFC 8375, RFC 9476) and those that are in use inside of networks. `.invalid`
    // leads nowhere by definition.
    var known = [
      "example", "test", "local", "internal", "intranet", "lan", "corp", "home", "private", "arpa", "onion",
      "localdomain", "intern", "alt", "domain", "workgroup", "homenet",
    ].contains(suffix)
    if !known, let list {
      known = psl_is_public_suffix2(list, suffix, PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE) == 1
      if !known, suffix.utf8.contains(where: { $0 >= 0x80 }), let host = HostName("a." + suffix) {
        let ascii = host.description.dropFirst(2)
        known = psl_is_public_suffix2(list, String(ascii), PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE) == 1
      }
    }
    if suffix == "invalid" || suffix == "localhost" { known = false }
    if knownSuffixes.count < 1024 { knownSuffixes[suffix] = known }
    return known
  }

  /// Whether an atom is an IPv4 address in dotted form: decimal, octal or hexadecimal parts.
  static func isIPv4(_ text: Bytes, _ range: Range<Int>, _ context: Context) -> Bool {
    guard (7...25).contains(range.count), !context.followsProduct else { return false }
    var parts = 0
    var start = range.lowerBound
    var first = 0
    for index in range.lowerBound...range.upperBound {
      guard index == range.upperBound || text[index] == 0x2E else { continue }
      guard index > start, parts < 4, let value = number(text, start..<index), value <= 255 else { return false }
      if parts == 0 { first = value }
      parts += 1
      start = index + 1
    }
    // Loopback, the address of no machine, and masks reach nobody.
    return parts == 4 && first != 127 && first != 0 && first != 255
  }

  private static func number(_ text: Bytes, _ range: Range<Int>) -> Int? {
    guard range.count <= 5 else { return nil }
    if text.has("0x", at: range.lowerBound) {
      guard range.count > 2 else { return nil }
      return range.dropFirst(2).reduce(0 as Int?) { value, index in
        guard let value, let digit = text[index].hexValue else { return nil }
        return value << 4 | Int(digit)
      }
    }
    // A leading zero means octal digits, or a number that somebody padded.
    let isOctal = range.count > 1 && text[range.lowerBound] == 0x30 && !range.contains { text[$0] >= 0x38 }
    let base = isOctal ? 8 : 10
    return range.reduce(0 as Int?) { value, index in
      guard let value, text[index].isASCIIDigit, Int(text[index] - 0x30) < base else { return nil }
      return value * base + Int(text[index] - 0x30)
    }
  }

  /// Whether an atom is an IPv6 address, a zone behind it or not.
  static func isIPv6(_ text: Bytes, _ range: Range<Int>) -> Bool {
    guard (3...64).contains(range.count) else { return false }
    var colons = 0
    var digits = 0
    var end = range.upperBound
    for index in range {
      let byte = text[index]
      if byte == UInt8(ascii: "%") || byte == UInt8(ascii: "/") {
        end = index
        break
      }
      if byte == 0x3A {
        colons += 1
      } else if byte.isASCIIDigit {
        digits += 1
      } else if byte.hexValue == nil, byte != 0x2E {
        return false
      }
    }
    guard colons >= 2, colons >= 4 || digits > 0 else { return false }
    var address = in6_addr()
    let name = text.text(range.lowerBound..<end)
    guard inet_pton(AF_INET6, name, &address) == 1 else { return false }
    // Loopback and the address of no machine.
    return withUnsafeBytes(of: &address) { bytes in
      !(bytes.prefix(15).allSatisfy { $0 == 0 } && bytes[15] <= 1)
    }
  }

  /// Whether a label is what servers are called: `mail`, `db7`, `ns-2`.
  static func isServerLabel(_ text: Bytes, _ range: Range<Int>) -> Bool {
    var end = range.upperBound
    for index in range where text[index].isASCIIDigit || text[index] == 0x2D {
      end = index
      break
    }
    // `log4j` is no server.
    if end + 1 < range.upperBound, text[end].isASCIIDigit, text[end + 1].isASCIILetter { return false }
    guard (1...12).contains(end - range.lowerBound) else { return false }
    return serverLabels.contains(text.text(range.lowerBound..<end).lowercased())
  }

  private static let serverLabels: Set = [
    "mail", "smtp", "imap", "pop", "www", "web", "db", "sql", "mysql", "mariadb", "pg", "postgres", "oracle", "ldap",
    "dc", "ftp", "sftp", "ssh", "api", "app", "srv", "server", "host", "node", "relay", "proxy", "gw", "gateway", "vpn",
    "ns", "dns", "mx", "crm", "erp", "intranet", "portal", "mta", "listserv", "maestro", "lists", "track", "tracker",
    "tracking", "hub", "cdn", "cache", "redis", "mq", "rabbit", "kafka", "elastic", "git", "ci", "backup", "nas",
    "files",
    "print", "cluster", "prod", "prd", "live", "replica", "slave", "auth", "sso", "login", "static", "img", "media",
    "hook",
    "hooks", "bounce", "bounces", "news", "shop", "cron", "monitor", "log", "logs", "vault", "minio", "s3", "ora",
    "mssql",
  ]

  // Endings of files that are public suffixes, too.
  private static let fileSuffixes: Set = [
    "zip", "mov", "sh", "py", "md", "so", "ps", "cc", "app", "java", "foo", "bar", "mo",
  ]

  // What files of programs are called whose endings are the domains of countries.
  private static let fileStems: Set = [
    "main", "lib", "mod", "script", "index", "test", "tests", "run", "build", "install", "setup", "config", "app",
    "util",
    "utils", "common", "base", "core", "readme", "makefile", "changelog", "license", "licence", "dockerfile", "init",
    "start", "stop", "update", "check",
  ]

  // Words of configuration keys that are public suffixes, too: `user.name`, `job.id`.
  private static let wordSuffixes: Set = [
    "name", "id", "host", "info", "email", "link", "page", "date", "day", "data", "group", "one", "top", "work",
    "style",
    "live", "map", "country", "media", "network", "support", "services", "software", "systems", "mobi", "plus", "pub",
    "press", "run",
    "sale", "show", "site", "store", "tax", "team", "tips", "tools", "town", "video", "vote", "watch", "security",
    "report", "domains", "download", "events", "express", "fail", "fan", "fit", "fun", "fund", "gift", "global", "help",
    "hosting", "jobs", "law", "legal", "limited", "management", "market", "new", "news", "party", "photos", "place",
    "play",
    "properties", "rest", "review", "search", "select", "social", "space", "tickets", "training", "key", "bot",
    "call", "cards", "cash", "center", "chat",
    "city", "click", "codes", "coffee", "company", "contact", "credit", "direct", "directory", "family", "final",
    "forum", "frame", "green", "guide", "immo", "list", "map", "menu", "mobile", "now", "online", "open", "phone",
    "pin",
    "post", "read", "red", "blue", "black", "room", "save", "science", "secure", "school", "shop", "silk",
    "size",
    "spot", "total", "trust", "web", "win", "zone", "zero", "audio", "world", "weather", "vision", "tube", "trade",
  ]

  // What files and their parts are called; no machine is.
  private static let fileEndings: Set = [
    "txt", "html", "htm", "php", "js", "css", "json", "xml", "yml", "yaml", "ini", "conf", "cfg", "log", "csv", "pdf",
    "doc", "docx", "xls", "xlsx", "ppt", "pptx", "png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "bmp", "tif",
    "tiff",
    "wav", "avi", "ttf", "woff", "eot", "jar", "war", "class", "exe", "dll", "tar", "tgz", "rar", "sql", "db", "sqlite",
    "bak", "tmp", "old", "orig", "swp", "pem", "crt", "cer", "csr", "pfx", "jks", "kt", "swift", "cpp", "hpp", "rb",
    "go",
    "ts", "tsx", "jsx", "vue", "scss", "sass", "less", "map", "lock", "toml", "properties", "env", "dist", "tpl",
    "tmpl",
    "hbs", "ejs", "jsp", "asp", "aspx", "cgi", "bat", "cmd", "eml", "msg", "mbox", "ics", "vcf", "rtf", "odt", "ods",
    "epub", "psd", "eps", "dat", "bin", "iso", "deb", "rpm", "min", "port", "user", "version", "path", "dir",
    "password",
    "enabled", "max", "timeout", "title", "label", "text", "type", "value", "config", "bundle", "module",
  ]
}
