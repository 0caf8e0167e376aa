import Glibc
import Testing

/// Whose installation the program works on.
@Suite(.waiting, .enabled(if: geteuid() == 0)) struct OwnerTests {
  @Test func anotherAccountIsRefusedAndRootIsNot() throws {
    let server = try OwnedServer()
    let refused = try server.hubtui("settings", "list", as: 65533)
    // Where the account may not even look, the system says so first.
    #expect([74, 77].contains(refused.status), "\(refused.errors)")
    try run(["chmod", "-R", "o+rX", server.path]).succeeded()
    let told = try server.hubtui("settings", "list", as: 65533)
    #expect(told.status == 77 && told.errorLines.count == 1, "\(told.errors)")
    #expect(told.errors.contains("belongs to account") && told.errors.contains("sudo -u"), "\(told.errors)")
    for account in [0, 65534] {
      try server.hubtui("settings", "set", "lui.general.language", "fr", as: account).succeeded()
    }
  }

  @Test func whatRootMakesInAServiceAccountsInstallationIsThatAccounts() throws {
    let server = try OwnedServer()
    for account in [0, 65534, 0, 65534] {
      try server.hubtui("settings", "set", "lui.general.language", "fr", as: account).succeeded()
      try server.hubtui("account", "enable", "admin", as: account).succeeded()
    }
    try server.hubtui("audit", "verify", as: 65534).succeeded()
    let strangers = try run(["find", server.path + "/hub", "-uid", "0"]).succeeded().output
    #expect(strangers.isEmpty, "\(strangers)")
  }

  @Test(arguments: [
    ".", "hub", "hub/hub.ini", "lui", "trk/tracker.ini", "database", "database/maestro.sqlite", "hub/logs",
  ])
  func whatEveryAccountMayWriteIsRefused(place: String) throws {
    let server = try OwnedServer()
    try run(["chmod", "o+w", "\(server.path)/\(place)"]).succeeded()
    for account in [0, 65534] {
      let refused = try server.hubtui("settings", "list", as: account)
      #expect(refused.status == 78 && refused.errors.contains("chmod o-w"), "\(refused.errors)")
    }
    try run(["chmod", "o-w", "\(server.path)/\(place)"]).succeeded()
    try server.hubtui("settings", "list", as: 65534).succeeded()
  }

  @Test(arguments: ["hub", "lui/lui.ini", "database/maestro.sqlite"])
  func aPartOfAnotherAccountIsRefusedEvenToRoot(place: String) throws {
    let server = try OwnedServer()
    try run(["chown", "65533", "\(server.path)/\(place)"]).succeeded()
    for account in [0, 65534] {
      let refused = try server.hubtui("settings", "list", as: account)
      #expect(refused.status == 77, "\(refused.errors)")
    }
    // What root owns, such as an INI file that root edits, is no stranger's.
    try run(["chown", "0", "\(server.path)/\(place)"]).succeeded()
    try server.hubtui("settings", "list", as: 0).succeeded()
  }

  @Test func aForeignJournalIsNotFollowed() throws {
    let server = try OwnedServer()
    try run(["chmod", "-R", "o+rX", server.path]).succeeded()
    try write("{\"phase\":\"committing\"}", to: server.path + "/hub/restore-journal.json")
    try run(["chmod", "644", server.path + "/hub/restore-journal.json"]).succeeded()
    #expect(try server.hubtui("settings", "list", as: 65533).status == 77)
  }
}
