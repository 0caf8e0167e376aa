/// What a text is by the form of its lines; its name only decides doubts.
enum TextShape: Equatable {
  /// Settings of some program: names with values, in whatever notation.
  case configuration
  /// What people or programs wrote for people: pages, mail, tables, styles, logs.
  case content
  /// Lines of no form.
  case prose
  /// One word alone, which may be a password, a key or an address.
  case token

  /// - Parameters:
  ///   - bytes: whole lines.
  ///   - isWhole: whether that is all of the text.
  init(_ bytes: UnsafeRawBufferPointer, _ name: FileName, isWhole: Bool) {
    let text = bytes.withoutLeadingSpace
    if let shape = TextShape.byBegin(text, name) {
      self = shape
      return
    }
    if isWhole, TextShape.isToken(text) {
      self = .token
      return
    }
    var count = LineCount()
    count.see(text)
    let nameSays = TextShape.byName(name)
    if count.calls * 2 > count.all {
      self = .configuration
    } else if nameSays == .content {
      // A list of settings is one under every name.
      self =
        count.settings >= 2 && count.settings * 10 >= count.all * 9 && count.styles * 4 < count.all
        ? .configuration : .content
    } else if nameSays == .configuration {
      self = .configuration
    } else if count.styles * 2 > count.all || count.dated * 2 > count.all {
      self = .content
    } else if count.settings > 0, count.settings * 2 >= count.all {
      self = .configuration
    } else {
      self = .prose
    }
  }

  private static func isToken(_ text: UnsafeRawBufferPointer) -> Bool {
    let word = text.prefix(4097).prefix { $0 > 0x20 }
    // `name=value` is a setting; base64 ends with equals signs.
    let middle = word.dropLast(2)
    return (8...4096).contains(word.count) && !middle.contains(0x3D)
      && text.from(word.count).withoutLeadingSpace.isEmpty
  }

  // MARK: By the first bytes

  private static func byBegin(_ text: UnsafeRawBufferPointer, _ name: FileName) -> TextShape? {
    switch text.first {
    case 0x3C: return byTag(text, name)
    case 0x7B:
      if text.has("{\\rtf") { return .content }
      let next = text.from(1).withoutLeadingSpace.first
      return next == 0x22 || next == 0x7D || name.suffix == "json" ? .configuration : nil
    case 0x5B:
      let next = text.from(1).withoutLeadingSpace.first ?? 0
      return [0x7B, 0x22, 0x5B].contains(next) ? .configuration : nil
    default: break
    }
    if text.has("#!") { return .configuration }
    for begin: StaticString in ["BEGIN:V", "%!PS", "From ", "WEBVTT"] where text.has(begin) { return .content }
    return isMail(text) ? .content : nil
  }

  // Two and more of the headers that each mail has (RFC 5322), before the first empty line.
  private static func isMail(_ text: UnsafeRawBufferPointer) -> Bool {
    let headers: [StaticString] = [
      "From: ", "To: ", "Subject: ", "Date: ", "Message-ID: ", "Message-Id: ", "Received: ", "Return-Path: ",
      "MIME-Version: ", "Delivered-To: ", "Content-Type: ",
    ]
    var count = 0
    var lines = 0
    text.head(8192).forEachLine { line in
      lines += 1
      if headers.contains(where: { line.has($0) }) { count += 1 }
      return !line.isEmpty && lines < 60
    }
    return count >= 3
  }

  // Elements of pages, pictures, feeds and documents; every other element belongs to a configuration.
  private static let contentElements: Set<String> = [
    "html", "head", "body", "div", "p", "table", "tr", "td", "span", "center", "h1", "h2", "h3", "a", "b", "i", "br",
    "img", "ul", "ol", "li", "font", "style", "script", "title", "meta", "link", "section", "article", "header",
    "footer", "main", "nav", "form", "svg", "rss", "feed", "rdf", "urlset", "sitemapindex", "kml", "gpx", "mjml",
    "xliff", "ts", "tmx", "book", "chapter", "math", "document", "stylesheet", "template",
  ]

  private static func byTag(_ text: UnsafeRawBufferPointer, _ name: FileName) -> TextShape? {
    if text.has("<?php") || text.has("<?=") { return .configuration }
    var rest = text
    // Past the declaration, comments and the document type.
    for _ in 0..<20 {
      if rest.has("<!DOCTYPE html") || rest.has("<!doctype html") || rest.has("<!DOCTYPE HTML") { return .content }
      guard rest.first == 0x3C, let second = rest.byte(1), second == 0x3F || second == 0x21 else { break }
      let isComment = rest.has("<!--")
      guard let end = isComment ? rest.firstOffset(of: Array("-->".utf8)) : rest.firstIndex(of: 0x3E) else { break }
      rest = rest.from(end + (isComment ? 3 : 1)).withoutLeadingSpace
    }
    guard rest.first == 0x3C else { return nil }
    let tag = rest.from(1).prefix(64).prefix { $0 > 0x20 && $0 != 0x3E && $0 != 0x2F }
    guard let first = tag.first, (0x41...0x5A).contains(first & 0xDF) else { return nil }
    let local = String(decoding: tag, as: UTF8.self).lowercased().split(separator: ":").last.map(String.init) ?? ""
    if contentElements.contains(local) || byName(name) == .content { return .content }
    return .configuration
  }

  // MARK: By name

  private static let configurationSuffixes: Set<String> = [
    "ini", "cfg", "conf", "config", "cnf", "properties", "yaml", "yml", "toml", "env", "json", "json5", "xml", "plist",
    "reg", "tf", "tfvars", "tfstate", "hcl", "service", "timer", "mount", "socket", "network", "netdev", "ovpn", "rc",
    "sql", "php", "sh", "bash", "bat", "cmd", "ps1", "ldif", "desktop", "credentials", "htpasswd", "htaccess",
  ]
  private static let configurationNames: Set<String> = [
    "config", "credentials", "hosts", "fstab", "exports", "resolv.conf", "known_hosts", "authorized_keys", "crontab",
    "dockerfile", "caddyfile", "sudoers", "passwd", "shadow", "environment", "sasl_passwd", "chap-secrets",
    "pap-secrets", "kubeconfig", "msmtprc", "fetchmailrc",
  ]
  private static let contentSuffixes: Set<String> = [
    "html", "htm", "xhtml", "css", "scss", "less", "svg", "md", "markdown", "rst", "adoc", "eml", "mbox", "csv", "tsv",
    "c", "h", "cc", "cpp", "java", "pl", "pm", "py", "rb", "go", "rs", "rtf", "tex", "ics", "vcf", "log", "po", "pot",
    "js", "mjs", "ts", "ftl", "vm", "jsp", "tmpl", "tpl", "srt", "vtt",
  ]

  private static func byName(_ name: FileName) -> TextShape? {
    if contentSuffixes.contains(name.suffix) { return .content }
    let isRunControl = name.base.hasPrefix(".") && (name.base.hasSuffix("rc") || name.base.hasPrefix(".env"))
    return configurationSuffixes.contains(name.suffix) || configurationNames.contains(name.base) || isRunControl
      ? .configuration : nil
  }
}
