import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

@Suite struct HubAccountsTests {
  private let folder: TemporaryFolder
  private let accounts: HubAccounts
  private let database: any SystemDatabase

  init() throws {
    folder = try TemporaryFolder()
    database = try Sample.installation(folder).openDatabase(.readWrite)
    accounts = HubAccounts(database)
  }

  private func insert(_ name: String, isAdministrator: Bool = false, hash: String = "none") throws {
    try database.execute(
      "INSERT INTO hub_accounts(name, password_hash, is_administrator, is_enabled) VALUES(?, ?, ?, 1)",
      [.text(name), .text(hash), .integer(isAdministrator ? 1 : 0)])
  }

  @Test func aPasswordIsVerifiedWhileTheAccountIsEnabled() throws {
    try accounts.add("zoe", fullName: "Zoë", isAdministrator: false, password: "pässword")
    #expect(try accounts.verify("zoe", "pässword"))
    #expect(try !accounts.verify("zoe", "password"))
    #expect(try !accounts.verify("ZOE", "pässword"))
    try accounts.disable("zoe")
    #expect(try !accounts.verify("zoe", "pässword"))
    #expect(try accounts.list().last?.isEnabled == false && accounts.list().last?.fullName == "Zoë")
  }

  @Test func aKnownHashOfSmallCostIsUnderstood() throws {
    // scrypt of `correct horse` with the salt `0123456789abcdef`, made with Python's hashlib.
    let hash = "$scrypt$ln=10,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$HASH"
    let python =
      "import hashlib,base64;print(base64.b64encode(hashlib.scrypt(b'correct horse',salt=b'0123456789abcdef',n=1024,r=8,p=1,dklen=32)).decode().rstrip('='))"
    let made = try Command(["python3", "-c", python]).output.trimmingSpaces
    try insert("ann", hash: hash.replacing("HASH", made))
    #expect(try accounts.verify("ann", "correct horse") && !accounts.verify("ann", "correct hors"))
    for broken in [
      "", "none", "$scrypt$ln=99,r=8,p=1$MDEy$\(made)", "$scrypt$ln=10,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$", "$md5$x",
    ] {
      #expect(try !PasswordHash(stored: broken).matches(""), "\(broken)")
    }
  }

  @Test(arguments: ["", "a b", "a\n", "ä", "a/b", String(repeating: "a", count: 65)])
  func namesThatWillNotDo(name: String) {
    #expect(
      Sample.error { try accounts.add(name, fullName: "", isAdministrator: false, password: "12345678") }?.code
        == .usage)
  }

  @Test func aTakenNameOrShortPasswordChangesNothing() throws {
    #expect(
      Sample.error { try accounts.add("admin", fullName: "", isAdministrator: true, password: "12345678") }?.code
        == .usage)
    #expect(
      Sample.error { try accounts.add("b", fullName: "", isAdministrator: true, password: "1234567") }?.code == .usage)
    #expect(
      Sample.error { try accounts.add("b", fullName: "\u{1B}[2J", isAdministrator: true, password: "12345678") }?.code
        == .usage)
    #expect(Sample.error { try accounts.setPassword("admin", "short") }?.code == .usage)
    #expect(try accounts.list().map(\.name) == ["admin"])
  }

  @Test func theLastAdministratorStays() throws {
    try insert("other")
    #expect(Sample.error { try accounts.disable("admin") }?.code == .refused)
    #expect(Sample.error { try accounts.disable("nobody") }?.code == .usage)
    try insert("second", isAdministrator: true)
    try accounts.disable("admin")
    #expect(Sample.error { try accounts.disable("second") }?.code == .refused)
    #expect(try accounts.list().filter(\.isEnabled).map(\.name) == ["other", "second"])
    try accounts.enable("admin")
    try accounts.enable("admin")
    #expect(try accounts.list().filter(\.isEnabled).count == 3)
    try accounts.disable("second")
    #expect(Sample.error { try accounts.disable("admin") }?.code == .refused)
    #expect(Sample.error { try accounts.enable("nobody") }?.code == .usage)
  }

  @Test func aLoginIsNoted() throws {
    #expect(try accounts.list()[0].lastLogin == "")
    try accounts.noteLogin("admin")
    #expect(try Moment.parse(accounts.list()[0].lastLogin) != nil)
  }
}
