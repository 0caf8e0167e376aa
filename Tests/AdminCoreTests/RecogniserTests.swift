import Foundation
import Testing

@testable import Detection

/// What the recogniser sees in a value, in whatever notation it stands there.
@Suite struct RecogniserTests {
  private func kinds(_ text: String, _ look: Look = .configuration) -> Set<Sight.Kind> {
    Set(Recogniser.sights(in: text, look).map(\.kind))
  }

  @Test(arguments: [
    "http://x/", "ldaps://dir", "jdbc:oracle:thin:@db:1521:x", "file:///etc/passwd", "10.0.0.1", "10.0.0.0/8",
    "10.0.0.1:80", "10.0.0.1, 10.0.0.2", "fe80::1%eth0", "2001:db8::5", "[2001:db8::5]:443", "db1:5432", "db1:5432/crm",
    "mail.example.com", "mail.example.com.", "MAIL.EXAMPLE.COM", "*.example.com", ".example.com", "example.com/path",
    "xn--e1afmkfd.xn--p1ai", "пример.рф", "see mail.example.com for more", "a.b.lan b.b.lan", "x@example.com",
    "Ops <ops@example.com>", "a@x.org; b@x.org", "/etc/passwd", "~/.ssh/id", "kept in /var/data now",
    "\\\\server\\share", "C:\\data", "d:/data", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
    "0123456789abcdef0123456789abcdef", "550e8400-e29b-41d4-a716-446655440000", "AKIAIOSFODNN7EXAMPLE",
    "HUB-0A1B2C3D4E5F6G7H8J9KMNPQRS", "sk_live_4eC39HqLyjWDarjtT1zdp7dc", "Driver=x;Password=y", "PASSWORD = y",
    "pwd: y",
    "HOST=db)(PORT=1521)", "<https://x>", "(mail.example.com)", "[2001:db8::5]", "0xC0.0xA8.0x01.0x07", "010.0.3.4",
  ])
  func dangerousInConfiguration(value: String) { #expect(!kinds(value).isEmpty) }

  @Test(arguments: [
    "", " ", "true", "No", "5", "-3", "65535", "UTF-8", "en", "en-GB", "info", "Arial, Helvetica", "plain words here",
    "1.2.3", "1.2", "02:00", "21:34:05", "2026-11-24 21:34:05", "50%", "and/or", "text/html", "#ff8800", "e.g.", "v1.2",
    "newsletter-2024", "internationalisation", "A", "Yes, please!", "x = y", "10 of 12", "@", "127.0.0.1", "localhost",
    "it was the end.It was", "org.apache.commons.Foo", "logo@2x.png", "Password: at least eight characters",
    "std::vector", "font-size:14", "P3Y6M4DT12H30M5S", "https://${HOST}/x",
  ])
  func harmlessInConfiguration(value: String) { #expect(kinds(value).isEmpty) }

  /// One password, written as programs write it.
  @Test(arguments: [
    #"{"smtp":{"password":"hunter2hunter2"}}"#, #"{"password":"tomato"}"#, "password: tomato",
    "a: 1\npassword: >-\n  tomato",
    "<c><password>tomato</password></c>", #"<p name="smtp.password" value="tomato"/>"#, "smtp.password=tomato",
    #"a:1:{s:8:"password";s:6:"tomato";}"#, "array('password' => 'tomato')", "define('DB_PASSWORD', 'tomato');",
    "machine mx1 login u password hunter2hunter2", "p%61ssword=tom%61to", #"{\"password\":\"tomato\"}"#,
    "&quot;password&quot;:&quot;tomato&quot;", "\u{FEFF}password=tomato", "passwort: sommer", "пароль: лето",
    "INSERT INTO t VALUES ('smtp_password','tomato')", "storepass changeit", "PASSWORD|tomato|",
  ])
  func aPasswordUnderItsName(value: String) { #expect(kinds(value).contains(.secret), "\(kinds(value))") }

  @Test func encodedPartsAreDecoded() throws {
    let inner = #"{"host":"relay.example.com","password":"hunter2"}"#
    let base64 = Data(inner.utf8).base64EncodedString()
    for (text, notation) in [
      (base64, Notation.base64), ("x=" + base64.replacingOccurrences(of: "=", with: ""), .base64),
      (Data(inner.utf8).map { String(format: "%02x", $0) }.joined(), .hex),
      (try #require(inner.addingPercentEncoding(withAllowedCharacters: .alphanumerics)), .percent),
      (inner.replacingOccurrences(of: ".", with: "=2E"), .quotedPrintable),
      (inner.replacingOccurrences(of: ".", with: "\\u002e"), .escapes),
    ] {
      let sights = Recogniser.sights(in: text, .configuration)
      #expect(sights.contains { $0.kind == .secret && $0.text == "hunter2" }, "\(text)")
      #expect(sights.contains { $0.notations.contains(notation) }, "\(text)")
    }
    let twice = Data(Data(inner.utf8).base64EncodedString().utf8).base64EncodedString()
    #expect(Recogniser.sights(in: twice, .configuration).contains { $0.notations == [.base64, .base64] })
    for encoding in [String.Encoding.utf16, .utf16LittleEndian, .utf16BigEndian, .utf32LittleEndian] {
      let bytes = Array(try #require(inner.data(using: encoding)))
      #expect(bytes.withUnsafeBytes { Recogniser.first(in: $0, .configuration) } != nil, "\(encoding)")
    }
  }

  @Test func aSightSaysWhereItStands() throws {
    let text = "ldaps://app:Sup3rS3cret@dir.example.com/?x"
    let sight = try #require(Recogniser.sights(in: text, .configuration).first { $0.kind == .credential })
    #expect(Array(text.utf8)[sight.bytes].elementsEqual("Sup3rS3cret".utf8))
    #expect(EmbeddedSecrets.hidden(in: text) == "ldaps://app:••••••••@dir.example.com/?x")
    let escaped = "a=1&u=b%40c&password=t%6Fmato!&z"
    #expect(EmbeddedSecrets.hidden(in: escaped) == "a=1&u=b%40c&password=••••••••&z")
    #expect(EmbeddedSecrets.hidden(in: "nothing to hide: 12") == "nothing to hide: 12")
  }

  @Test func contentMayNameHostsButNoCredentials() {
    #expect(kinds("Write to news@example.com or see https://www.example.com/?u=12", .content).isEmpty)
    #expect(kinds("Your password: summer is the season", .content).isEmpty)
    #expect(kinds("https://shop.example/confirm?token=a1b2c3d4e5f6", .content).isEmpty)
    #expect(kinds("dblink('host=crm.example.com user=app password=Sup3rS3cret')", .content).contains(.secret))
    #expect(kinds("upload sftp://rep:Sup3rS3cret@files.example.com/in", .content) == [.credential])
    #expect(kinds("key AKIAIOSFODNN7EXAMPLE", .content) == [.token])
  }

  @Test func plainColumnsMayHoldLoginNames() {
    #expect(kinds("anna@example.com", .plain).isEmpty)
    #expect(kinds("ldaps://dir.example.com", .plain) == [.url])
    #expect(kinds("dir.example.com", .plain) == [.host])
  }

  @Test(arguments: [
    "password", "userPassword", "USER_PASSWORD", "db-passwd", "dbpassword", "smtpPwd", "api.key", "apiKey", "APIKey",
    "api_key", "apikey2", "private-key", "secretKey", "client_secret", "accessToken", "refreshtoken", "authHeader",
    "oauth.x", "session", "keystore", "pin", "passphrase", "sshKey", "sharedKey", "jwt", "SMTPPassword", "licence.key",
    "totp", "webhook_key", "mot_de_passe", "Kennwort",
  ])
  func secretNames(name: String) {
    #expect(FieldName(name).isSecret)
    let recogniser = Recogniser()
    #expect(recogniser.first(in: "hunter2", under: FieldName(name), .configuration) != nil)
    #expect(recogniser.first(in: "1234", under: FieldName(name), .configuration) != nil)
    #expect(recogniser.first(in: "true", under: FieldName(name), .configuration) == nil)
    #expect(recogniser.first(in: " ", under: FieldName(name), .configuration) == nil)
  }

  @Test(arguments: [
    "host", "Host", "dbHost", "DB_HOST", "SMTPHost", "mailhost", "smtp_host_2", "host1", "server2", "ldap-server",
    "baseUrl", "baseURL", "URLBase", "callbackURLs", "endpoint", "proxy", "ip", "ipAddress", "remoteAddr", "domain",
    "email", "recipients", "smtpserver", "dsn",
  ])
  func addressNames(name: String) {
    let recogniser = Recogniser()
    #expect(recogniser.first(in: "intranet", under: FieldName(name), .configuration) != nil)
    #expect(recogniser.first(in: "25", under: FieldName(name), .configuration) == nil)
    #expect(recogniser.first(in: "false", under: FieldName(name), .configuration) == nil)
    #expect(recogniser.first(in: "3232235777", under: FieldName(name), .configuration) != nil, "an address as a number")
  }

  @Test(arguments: [
    "colour", "title", "is_enabled", "port", "language", "shipment", "topic", "passenger", "keyboard",
    "password_min_length", "session.timeout", "label.password",
  ])
  func plainNames(name: String) { #expect(!FieldName(name).isSecret && !FieldName(name).isAddress) }

  @Test func aRandomValueUnderTheNameOfAnIdentifierIsOne() {
    let recogniser = Recogniser()
    let value = "550e8400-e29b-41d4-a716-446655440000"
    #expect(recogniser.first(in: value, under: FieldName("row_uuid"), .configuration) == nil)
    #expect(recogniser.first(in: value, under: FieldName("v"), .configuration)?.kind == .random)
    #expect(recogniser.first(in: "https://x.example/\(value)", under: FieldName("id"), .configuration)?.kind == .url)
  }

  @Test(arguments: [
    "", "5", "-1.5", "10 MB", "50%", "true", "02:00", "2026-11-24T21:34:05Z", "#ff8800", "info", "two words",
    "UTF-8", "en_GB", "text/html", "Europe/Berlin", "1.2.3",
  ])
  func shapesThatNeedNoAnswer(value: String) { #expect(PlainShape.fits(value)) }

  @Test(arguments: [
    "hunter2", "three plain words", "newsletter-20245", "a b@c", "x;y", "wG7kPq", "[1,2]", "{}", "1.2.3.4",
  ])
  func everythingElseIsAnsweredOnce(value: String) { #expect(!PlainShape.fits(value)) }

  /// Nested and unfinished notations, over and over: what is seen lies in the value, and the same is seen again.
  @Test(arguments: ["%25", "\\u005c", "&amp;", "{\"a\":", "QUFB", "password:", "://a:b@", "a.b@", "::", "-----BEGIN "])
  func repeatedPiecesAreSurvived(piece: String) {
    let text = String(repeating: piece, count: 40_000)
    let sights = Recogniser.sights(in: text, .configuration)
    let count = text.utf8.count
    #expect(sights.allSatisfy { $0.bytes.lowerBound >= 0 && $0.bytes.upperBound <= count })
    #expect(Recogniser.sights(in: text, .configuration) == sights)
  }

  /// A long text is looked at in blocks: what stands on the border of two is seen, once, where it stands.
  @Test func aLongTextIsSeenWhole() throws {
    let secret = "smtp://u:hunter2@relay.example.com"
    for before in [(512 << 10) - 20, (512 << 10) - 4100, 1_200_000] {
      let text =
        String(repeating: "plain word ", count: before / 11) + secret + String(repeating: " more words", count: 9000)
      let found = Recogniser.sights(in: text, .content)
      #expect(found.map(\.text) == ["hunter2"])
      #expect(try Array(text.utf8)[#require(found.first).bytes].elementsEqual("hunter2".utf8))
    }
  }

  /// A picture in a letter: its many lines of base64 are looked at together, once.
  @Test func wrappedBase64IsReadAcrossItsLines() {
    let noise = Data((0..<60_000).map { UInt8(truncatingIfNeeded: $0 &* 197 &+ $0 >> 3) | 0x80 })
    let picture = noise.base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed])
    #expect(kinds("Dear all,\n\n" + picture + "\n\nYours", .content).isEmpty)
    let hidden = Data((String(repeating: "plain words of a letter, ", count: 40) + "password=Sup3rS3cret").utf8)
    let wrapped = hidden.base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed])
    #expect(kinds("x\n\n" + wrapped + "\n", .content) == [.secret])
  }
}
