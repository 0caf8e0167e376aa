import Testing

@testable import Archive
@testable import Detection

/// What is seen in the content of files, whatever their name.
@Suite struct FileInspectionTests {
  @Test(arguments: [
    (".env", "DATABASE_URL=postgres://app:Sup3rS3cret@db7.other-site.example/app\n"),
    (".pgpass", "pg.other-site.example:5432:maestro:m:hunter2hunter2"), ("notes", "db\\:1:*:*:m:x y"),
    (".netrc", "machine relay login u password hunter2"), ("x", "machine relay\n  login u\n  password hunter2\n"),
    ("a.yaml", "endpoint: https://crm.other-site.example/api\n"), ("a", "smtp:\n  server: 192.0.2.7\n"),
    ("a.ini", "[mail]\nhost = relay.other-site.example\n"), ("a.toml", "[db]\npassword = 'tomato'\n"),
    ("a.xml", "<?xml version='1.0'?>\n<c><host>relay.other-site.example</host></c>"),
    ("a.json", "{\n \"url\": \"https://other-site.example\"\n}\n"),
    ("a.php", "<?php\ndefine('DB_PASSWORD', 'tomato');\n"),
    ("a.sql", "CREATE USER svc IDENTIFIED BY 'tomato';\n"),
    ("a.sql", "INSERT INTO s VALUES ('smtp', 'mx1.other-site.example');\n"),
    ("wg0", "[Interface]\nPrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=\n"),
    (".htpasswd", "anna:$apr1$Qv0Q2h3k$9Q0zZ1xYw8T7s6R5q4P3o/\n"),
    ("x", "root:$6$abcdefgh$" + String(repeating: "k9", count: 43) + ":19000:0:::\n"),
    ("x", "ops:{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk=\n"),
    ("msmtprc", "account a\nhost relay.other-site.example\npassword tomato\n"),
    (".fetchmailrc", "poll mx protocol imap user \"u\" with password \"tomato\"\n"),
    (".my.cnf", "[client]\nuser=m\npassword=tomato\n"),
    ("client.ovpn", "client\nremote vpn.other-site.example 1194\n"),
    ("logins.csv", "name,url,username,password\nx,y,anna,tomato1\n"),
    ("notes.txt", "Ask anna; the relay is at https://svc:tomato@relay.other-site.example/\n"),
    ("prefs.js", "user_pref(\"mail.smtpserver.smtp1.hostname\", \"relay.other-site.example\");\n"),
  ])
  func textsWithAnAddressOrSecretStop(name: String, text: String) {
    #expect(!verdict(text, name: name).sights.isEmpty)
    // The content tells, not the name; and not how it is written.
    #expect(!verdict(text, name: "data/blob").sights.isEmpty)
    let wide: [UInt8] = text.utf16.reduce(into: [0xFF, 0xFE]) { $0 += [UInt8($1 & 0xFF), UInt8($1 >> 8)] }
    #expect(verdict(wide).word.hasSuffix(" in UTF-16"))
  }

  @Test(arguments: [
    ("page.html", "<!doctype html>\n<p>See <a href=\"https://www.other-site.example/\">our site</a></p>\n"),
    ("style.css", "a:hover {\n  color: red;\n  background: url(https://cdn.other-site.example/x.png);\n}\n"),
    ("logo.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0 0h10v10z\"/></svg>\n"),
    (
      "letter.eml",
      "From: anna@other-site.example\nTo: ben@other-site.example\nSubject: Hello\nDate: x\n\nSee https://other-site.example\n"
    ),
    ("people.csv", "name;mail\nAnna;anna@other-site.example\nBen;ben@other-site.example\n"),
    ("app.log", "2026-11-01 10:00:00 INFO sent to mx1.other-site.example\n2026-11-01 10:00:01 INFO done\n"),
    ("readme.txt", "The newsletter is at www.other-site.example, and has been since 2019.\nWrite to us.\n"),
    ("counters.txt", "opens=1204\nclicks=311\n"), ("theme.yaml", "colour: blue\nwidth: 640\nfont: Arial\n"),
    (
      "web.xml",
      "<?xml version=\"1.0\"?>\n<web-app xmlns=\"http://java.sun.com/xml/ns/javaee\"><name>x</name></web-app>\n"
    ),
    ("lock.json", "{\n  \"name\": \"theme\",\n  \"build\": \"3f2a9c1b7d\"\n}\n"), ("empty", ""),
    ("paths.properties", "templates.folder=/opt/maestro/templates\n"),
  ])
  func contentAndHarmlessSettingsTravel(name: String, text: String) {
    #expect(verdict(text, name: name).word == "nothing")
  }

  /// Content of every reader, small enough to be cut everywhere.
  static func samples() throws -> [String: [UInt8]] {
    let folder = try TemporaryFolder()
    try folder.shell(
      """
      printf -- '-----BEGIN PRIVATE KEY-----\\nMC4CAQAwBQYDK2VwBCIEIA\\n-----END PRIVATE KEY-----\\n' > pem
      printf 'smtp.password=tomato\\nsmtp.host=relay.other-site.example\\n' > settings
      iconv -f ascii -t utf-16 settings > utf16
      iconv -f ascii -t utf-32be settings > utf32
      gzip -c settings > gzip
      zip -q archive.zip pem settings && mv archive.zip zip
      cat settings | zip -q piped.zip - && mv piped.zip piped
      tar cf tar settings
      gzip -c tar > tar-gzip
      base64 gzip > base64
      (printf 'GIF89a'; head -c 300 /dev/zero; cat pem) > picture
      sqlite3 database 'create table t(a)' && gzip -c database > database-gzip && rm database
      printf -- '-- MySQL dump 10.19\\n' > dump
      mkdir -p ini database && cp settings ini/hub.ini && cp settings database/x.copy
      zip -q -r backup.zip ini database && mv backup.zip backup && rm -r ini database
      """)
    return try Dictionary(uniqueKeysWithValues: folder.names().map { ($0, try folder.bytes($0)) })
  }

  @Test func piecesOfEverySizeAndCutSayTheSame() throws {
    for (name, bytes) in try Self.samples() {
      let whole = verdict(bytes)
      #expect(whole.mustNotTravel != nil || !whole.sights.isEmpty, "\(name)")
      for piece in [1, 3, 64, 511] { #expect(verdict(bytes, piece: piece).word == whole.word, "\(name), \(piece)") }
      // What is cut where its first piece ends: every place there is, or every so many of a long content.
      for cut in stride(from: 1, to: bytes.count, by: max(1, bytes.count / 600)) {
        let inspection = FileInspection(name: "file", size: UInt64(bytes.count))
        Array(bytes[..<cut]).withUnsafeBytes { inspection.scan($0) }
        Array(bytes[cut...]).withUnsafeBytes { inspection.scan($0) }
        #expect(inspection.finish().word == whole.word, "\(name) cut at \(cut)")
      }
    }
  }

  @Test func whatIsCutOffHarmsNobody() throws {
    for (_, bytes) in try Self.samples() {
      for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 200)) {
        for part in [Array(bytes[..<count]), Array(bytes[count...])] {
          #expect(verdict(part).word == verdict(part, piece: 1000).word, "\(count)")
        }
      }
    }
  }

  @Test func aKeyIsSeenOverTheBorderOfTwoLargePieces() {
    let key = Array("\n-----BEGIN PRIVATE KEY-----\nMC4CAQ\n".utf8)
    for shift in stride(from: 1, to: key.count, by: 6) {
      let text = [UInt8](repeating: 0x61, count: (256 << 10) - shift) + key + [UInt8](repeating: 0x61, count: 1000)
      #expect(verdict(text).word == "a private key", "\(shift)")
      #expect(verdict(Array("GIF89a".utf8) + text, piece: (256 << 10) + 6).word == "a private key", "\(shift)")
    }
  }

  @Test func whatCannotBeUnderstoodIsNamed() throws {
    let folder = try TemporaryFolder()
    try folder.shell(
      """
      echo 'smtp.password=tomato' > settings
      7z a -bd -y seven.7z settings >/dev/null
      zip -q -P x encrypted.zip settings
      bsdtar -cJf xz.tar.xz settings
      bsdtar -cjf bzip2.tbz settings
      rm settings
      """)
    for name in try folder.names() {
      let seen = verdict(try folder.bytes(name))
      #expect(seen.opacity == (name == "encrypted.zip" ? .encrypted : .compressed), "\(name)")
    }
    #expect(verdict(ZipSamples.noise(5000)).opacity == .random)
    #expect(verdict(ZipSamples.noise(64)).opacity == .random)
    #expect(verdict([0xFF, 0xD8, 0xFF] + ZipSamples.noise(5000)).word == "nothing", "a picture is a picture")
    #expect(verdict([UInt8](repeating: 0, count: 5000)).word == "nothing")
  }

  @Test func aBombCostsLittleAndIsNamed() throws {
    let folder = try TemporaryFolder()
    try folder.shell("(printf 'GIF89a'; head -c 200000000 /dev/zero) | gzip -9 > bomb; gzip -9 -c bomb > twice")
    #expect(verdict(try folder.bytes("bomb")).opacity == .bomb)
    #expect(verdict(try folder.bytes("twice")).opacity == .bomb)
  }

  @Test func aTarThatClaimsMoreThanThereIsEnds() throws {
    let folder = try TemporaryFolder()
    try folder.shell("echo 'smtp.password=tomato' > settings; tar cf tar settings")
    var bytes = try folder.bytes("tar")
    // A size of 2^63 and more in the form of GNU, with the checksum that it makes.
    bytes.replaceSubrange(124..<136, with: [0x80] + [UInt8](repeating: 0xFF, count: 11))
    bytes.replaceSubrange(148..<156, with: [UInt8](repeating: 0x20, count: 8))
    let sum = bytes[..<512].reduce(0) { $0 + Int($1) }
    bytes.replaceSubrange(148..<155, with: Array(("00" + String(sum, radix: 8)).utf8.suffix(6)) + [0])
    #expect(verdict(bytes).word.hasPrefix("a named secret in a tar archive"))
    #expect(verdict(Array(bytes[..<512]) + [UInt8](repeating: 0, count: 4 << 20)).sights.isEmpty)
  }
}
