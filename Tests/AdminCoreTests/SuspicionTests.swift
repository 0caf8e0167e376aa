import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Detection
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

@Suite struct SuspicionTests {
  @Test(arguments: [
    "http://x/", "ldaps://dir", "jdbc:oracle:thin:@db:1521:x", "JDBC:mysql:", "file:/etc/passwd", "10.0.0.1",
    "10.0.0.0/8", "10.0.0.1:80", "10.0.0.1, 10.0.0.2", "::1", "fe80::1%eth0", "2001:db8::5", "[2001:db8::5]:443",
    "db1:5432", "db1:5432/crm", "mail.example.com", "mail.example.com.", "MAIL.EXAMPLE.COM", "*.example.com",
    ".example.com", "example.com/path", "xn--e1afmkfd.xn--p1ai", "пример.рф", "see mail.example.com for more",
    "a.b.lan b.b.lan", "x@example.com", "Ops <ops@example.com>", "a@x.org; b@x.org", "/etc/passwd", "~/.ssh/id",
    "kept in /var/data now", "\\\\server\\share", "C:\\data", "d:/data", "-----BEGIN CERTIFICATE-----",
    "ssh-rsa AAAA", "ssh-ed25519 AAAA", "ecdsa-sha2-nistp256 AAAA", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
    "0123456789abcdef0123456789abcdef", "550e8400-e29b-41d4-a716-446655440000", "AKIAIOSFODNN7EXAMPLE",
    "HUB-0A1B2C3D4E5F6G7H8J9KMNPQRS", "sk_live_4eC39HqLyjWDarjtT1zdp7dc", "Driver=x;Password=y", "PASSWORD = y",
    "pwd: y", "token=abc", "Data Source=db;Initial Catalog=x", "HOST=db)(PORT=1521)", "Basic dTpw", "Bearer abc",
    "<https://x>", "(mail.example.com)", "[2001:db8::5]",
  ])
  func dangerousUnderAnyName(value: String) { #expect(Suspicion.reason(value: value) != nil) }

  @Test(arguments: [
    "", " ", "true", "No", "5", "-3", "65535", "UTF-8", "en", "en-GB", "info", "Arial, Helvetica", "plain words here",
    "1.2.3", "1.2", "02:00", "21:34:05", "2026-11-24 21:34:05", "50%", "and/or", "text/html", "#ff8800", "e.g.",
    "v1.2", "newsletter-2024", "internationalisation", "A", "Yes, please!", "x = y", "10 of 12", "@",
  ])
  func harmlessUnderAPlainName(value: String) {
    #expect(Suspicion.reason(name: "lui.plugin.colour", value: value) == nil)
  }

  @Test(arguments: [
    "password", "userPassword", "USER_PASSWORD", "db-passwd", "dbpassword", "smtpPwd", "api.key", "apiKey", "APIKey",
    "api_key", "apikey2", "private-key", "secretKey", "client_secret", "accessToken", "refreshtoken", "authHeader",
    "oauth.x", "session", "keystore", "pin", "passphrase", "sshKey", "sharedKey", "jwt", "SMTPPassword", "licence.key",
    "totp", "webhook_key",
  ])
  func secretNames(name: String) {
    #expect(Suspicion.nameIsSecret(name))
    #expect(Suspicion.reason(name: name, value: "hunter2") != nil)
    #expect(Suspicion.reason(name: name, value: "1234") != nil)
    #expect(Suspicion.reason(name: name, value: "true") == nil && Suspicion.reason(name: name, value: " ") == nil)
  }

  @Test(arguments: [
    "host", "Host", "dbHost", "DB_HOST", "SMTPHost", "mailhost", "smtp_host_2", "host1", "server2", "ldap-server",
    "baseUrl", "baseURL", "URLBase", "callbackURLs", "endpoint", "proxy", "ip", "ipAddress", "remoteAddr", "domain",
    "email", "recipients", "pop3", "smtpserver", "dsn",
  ])
  func addressNames(name: String) {
    #expect(Suspicion.nameIsAddress(name))
    #expect(Suspicion.reason(name: name, value: "intranet") != nil)
    #expect(Suspicion.reason(name: name, value: "25") == nil && Suspicion.reason(name: name, value: "false") == nil)
    #expect(Suspicion.reason(name: name, value: "3232235777") != nil, "an address as a number")
  }

  @Test(arguments: ["colour", "title", "is_enabled", "port", "language", "shipment", "topic", "passenger", "keyboard"])
  func plainNames(name: String) {
    #expect(!Suspicion.nameIsSecret(name) && !Suspicion.nameIsAddress(name))
  }

  @Test(arguments: [
    ("https://u:p@Web.Example.com:8443/x?y", ["web.example.com"]), ("web.example.com:80", ["web.example.com"]),
    ("jdbc:mysql://db1,db2:3306/x", ["db1", "db2"]), ("jdbc:sqlserver://db3\\i:1433;databaseName=x", ["db3"]),
    ("jdbc:oracle:thin:u/p@//db4:1521/s", ["db4"]), ("jdbc:oracle:thin:@db5:1521:s", ["db5"]),
    ("ldap://[2001:DB8:0::5]:389/dc=x", ["2001:db8::5"]), ("::ffff:10.0.0.1", ["10.0.0.1"]), ("word", []),
    ("a@example.com", []), ("http:///x", []), ("localhost", ["localhost"]),
  ])
  func hostsOfAValue(value: String, hosts: [String]) {
    #expect(Suspicion.hosts(in: value).map(\.description) == hosts)
  }

  @Test func keyMaterialIsToldByItsBytes() {
    func reason(_ bytes: [UInt8]) -> String? { bytes.withUnsafeBytes { Suspicion.reason(bytes: $0) } }
    let rest = [UInt8](repeating: 9, count: 40)
    #expect(reason([0xFE, 0xED, 0xFE, 0xED] + rest) != nil && reason([0xCE, 0xCE, 0xCE, 0xCE] + rest) != nil)
    for length: [UInt8] in [[0x50], [0x80], [0x81, 0x87], [0x82, 4, 0], [0x83, 1, 0, 0]] {
      #expect(reason([0x30] + length + [2, 1, 0] + rest) != nil, "\(length)")
      #expect(reason([0x30] + length + [2, 1, 3] + rest) != nil, "\(length)")
    }
    let certificates = String(repeating: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", count: 200)
    #expect(reason(Array(certificates.utf8)) == nil)
    #expect(reason(Array((certificates + "-----BEGIN EC PRIVATE KEY-----\nAA").utf8)) != nil)
    #expect(reason(Array("-----BEGIN PGP PRIVATE KEY BLOCK-----\n".utf8)) != nil)
    #expect(reason(Array("PuTTY-User-Key-File-3: ssh-rsa".utf8)) != nil)
    #expect(reason(Array("%PDF-1.7 -----BEGIN- nothing".utf8)) == nil && reason(rest) == nil && reason([0x30]) == nil)
  }
}
