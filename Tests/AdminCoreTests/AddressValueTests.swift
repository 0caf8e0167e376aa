import Testing

@testable import Detection
@testable import Platform

@Suite struct AddressValueTests {
  private func words(_ hosts: [HostName]) -> [String] { hosts.map(\.description).sorted() }

  @Test(arguments: [
    ("mail", ["mail"]), ("mail:993", ["mail"]), ("mail.example.com;other", ["mail.example.com", "other"]),
    ("a.example b.example", ["a.example", "b.example"]), ("a.example,b.example", ["a.example", "b.example"]),
    ("imaps://mail.example.com", ["mail.example.com"]), ("[mail.example.com]:993", ["mail.example.com"]),
    ("[mail.example.com]", ["mail.example.com"]), ("ssl:mailhost", ["mailhost"]),
    ("smtp:[relay.example]:587", ["relay.example"]),
    ("lmtp:inet:mail.example.com:24", ["mail.example.com"]), ("mail.example.com.", ["mail.example.com"]),
    ("a.example.com:b.example.com", ["a.example.com", "b.example.com"]), ("*.example.com", ["example.com"]),
    (".example.com", ["example.com"]), ("{mail.example.com:993/imap/ssl}", ["mail.example.com"]),
    ("<mail.example.com>", ["mail.example.com"]), ("\"mail.example.com\"", ["mail.example.com"]),
    ("mail%2Eexample%2Ecom", ["mail.example.com"]), ("mail.example.com/INBOX", ["mail.example.com"]),
    ("db.example.com\\sqlexpress", ["db.example.com"]), ("user@mail.example.com", ["mail.example.com"]),
    ("\\\\files.example.com\\share", ["files.example.com"]), ("//files/share", ["files"]),
    ("tcp:db.example.com,1433", ["db.example.com"]), ("nas.example.com:/export", ["nas.example.com"]),
    ("3232235777", ["192.168.1.1"]), ("10.1", ["10.0.0.1"]), ("0x7f.1:25", ["127.0.0.1"]),
    ("[2001:DB8::5]:25", ["2001:db8::5"]), ("2001:db8::5", ["2001:db8::5"]), ("::ffff:10.0.0.1", ["10.0.0.1"]),
    ("BÜCHER.example", ["xn--bcher-kva.example"]), ("mail。example。com", ["mail.example.com"]),
    ("mail.example.com 25", ["mail.example.com"]), ("!mail.example.com", ["mail.example.com"]),
  ])
  func hostsWhereHostsAreExpected(text: String, hosts: [String]) {
    let value = AddressValue(text, .server)
    #expect(words(value.servers) == hosts.sorted() && value.unreadable.isEmpty, "\(value)")
  }

  @Test(arguments: [
    ("ldap://127.0.0.1 ldap://ldap.example.com:389/dc=x", ["127.0.0.1", "ldap.example.com"]),
    ("https://u:p@Web.Example.com:8443/x?y", ["web.example.com"]),
    ("http://u:p%40q@[2001:DB8::5]:80/", ["2001:db8::5"]),
    ("jdbc:mysql://db1,db2:3306/x", ["db1", "db2"]),
    ("jdbc:mysql://(host=db1,port=3306),(host=db2,port=3307)/x", ["db1", "db2"]),
    ("jdbc:mysql://address=(host=db1)(port=3306)(user=u)/x", ["db1"]),
    ("jdbc:sqlserver://db3\\i:1433;databaseName=x", ["db3"]), ("jdbc:sqlserver://;serverName=db4;port=1", ["db4"]),
    ("jdbc:oracle:thin:u/p@//db5:1521/s", ["db5"]), ("jdbc:oracle:thin:@db6:1521:s", ["db6"]),
    (
      "jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(PROTOCOL=tcp)(HOST=db7)(PORT=1521))(ADDRESS=(HOST = db8)))",
      ["db7", "db8"]
    ), ("jdbc:oracle:thin:@tcps://db9:2484/s", ["db9"]), ("host=db1,db2 port=5432,5433 dbname=x", ["db1", "db2"]),
    ("Driver={ODBC Driver 18};Server=tcp:db1.example.com,1433;Uid=sa;Pwd=x", ["db1.example.com"]),
    ("Data Source=db1\\SQL;Failover Partner=db2;Initial Catalog=x", ["db1", "db2"]),
    ("http://proxy.example/fetch?url=https%3A%2F%2Finner.example%2Fx", ["inner.example", "proxy.example"]),
    ("https://web.archive.example/https://inner.example/", ["inner.example", "web.archive.example"]),
    ("mongodb+srv://u:p@a.example,b.example/x", ["a.example", "b.example"]),
    ("http://mail%2Eexample%2Ecom/", ["mail.example.com"]), ("http://0x7f.1/", ["127.0.0.1"]),
    ("ftp://user:pa/ss@files.example.com/x", ["files.example.com"]),
  ])
  func hostsOfURLsAndConnectionStrings(text: String, hosts: [String]) {
    for expectation in [AddressValue.Expectation.location, .any] {
      let value = AddressValue(text, expectation)
      #expect(Set(words(value.hosts)).isSuperset(of: hosts), "\(value)")
      #expect(value.unreadable.isEmpty, "\(value)")
    }
  }

  @Test(arguments: [
    ("bounces@example.com", ["example.com"]),
    ("A <a@a.example>, b@b.example;c@c.example", ["a.example", "b.example", "c.example"]),
    ("user@[192.0.2.7]", ["192.0.2.7"]), ("user@[IPv6:2001:db8::7]", ["2001:db8::7"]),
    ("*@example.com", ["example.com"]),
    ("user@bücher.example", ["xn--bcher-kva.example"]), ("root", []),
    ("user%inner.example@relay.example", ["inner.example", "relay.example"]),
    ("mailto:a@a.example", ["a.example"]), ("\"a b\"@a.example", ["a.example"]),
  ])
  func domainsOfMailAddresses(text: String, domains: [String]) {
    let value = AddressValue(text, .mail)
    #expect(words(value.hosts) == domains.sorted() && value.servers.isEmpty && value.unreadable.isEmpty, "\(value)")
  }

  @Test func aDistinguishedNameIsADomain() {
    let value = AddressValue("cn=maestro,ou=services,dc=Maestro-Prod,dc=example", .location)
    #expect(words(value.domains) == ["maestro-prod.example"] && value.servers.isEmpty && value.unreadable.isEmpty)
    #expect(AddressValue("uid=x,o=Company", .location).hosts.isEmpty)
  }

  @Test(arguments: [
    ("http://exa!mple/", AddressValue.Expectation.location), ("https://${host}/x", .any), ("http://a..b/", .any),
    ("mail..example", .server), ("ma!l", .server), ("user@", .mail), ("user@@", .mail), ("user@ma!l", .server),
    ("[mail", .server), ("jdbc:odd:", .location), (",;", .server), ("http://[2001:db8::g]/", .any),
  ])
  func whatCannotBeTakenApartIsTold(text: String, expectation: AddressValue.Expectation) {
    #expect(!AddressValue(text, expectation).unreadable.isEmpty, "\(AddressValue(text, expectation))")
  }

  @Test(arguments: [
    "", "true", "17", "02:30", "Hello, world", "#ff0000", "50 %", "utf-8", "backup", "/srv/backup", "UTC+2", "a=b",
    "http:///x", "*",
  ])
  func whatNamesNobody(text: String) {
    let value = AddressValue(text)
    #expect(value.hosts.isEmpty && value.unreadable.isEmpty, "\(value)")
  }

  @Test func aWordThatMayBeAnythingNeedNoAddress() {
    let value = AddressValue("report.html", .any)
    #expect(value.servers.isEmpty && words(value.names) == ["report.html"])
    #expect(AddressValue("(local)", .server).unreadable.isEmpty)
  }

  // A name server would be asked for it.
  @Test func aSecretIsNoHost() {
    for secret in ["Summer.Rain", "correct.horse:42", "x@battery.staple", "hunter22"] {
      #expect(AddressValue(secret, .secret).hosts.isEmpty, "\(secret)")
    }
    #expect(words(AddressValue("https://u:p@crm.example/x", .secret).servers) == ["crm.example"])
    #expect(words(AddressValue("Server=db.example;Pwd=a.b", .secret).servers) == ["db.example"])
  }

  @Test(arguments: [
    ("host", true, AddressValue.Expectation.server), ("lui_sender_profiles.relay_host", true, .server),
    ("external_host", true, .server), ("url", true, .location), ("bounce_address", true, .mail),
    ("mail_to", true, .mail),
    ("user_name", true, .mail), ("dkim_domain", true, .mail), ("bind_dn", true, .location),
    ("site.host", false, .location),
    ("log.level", false, .any), ("database.password", false, .secret), ("lui.mail.greeting", false, .any),
  ])
  func aPlacesNameSaysWhatToExpect(place: String, isAddress: Bool, expectation: AddressValue.Expectation) {
    #expect(AddressValue.Expectation(place: place, isAddress: isAddress) == expectation)
  }

  @Test func aLongValueTakesNoLongTime() {
    for piece in ["a.", "://", "@", "host=", "\\\\", "[", "%25", "dc=a,", "a.example,", "1:", "("] {
      let value = AddressValue(String(repeating: piece, count: 4000), .location)
      #expect(value.hosts.count < 10, "\(piece)")
    }
  }
}
