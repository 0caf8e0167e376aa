import Testing

@Suite(.waiting) struct OverridesTests {
  @Test func whatWasOverriddenIsListedClearedAndSetLikeTheDefault() throws {
    let server = try TestServer(restored: true)
    func names() throws -> [Substring] {
      try hubtui("post-restore", "overrides", on: server.path).succeeded().output.split(separator: "\n").dropFirst()
        .compactMap { $0.split(separator: " ").first }
    }
    let listed = try hubtui("post-restore", "overrides", on: server.path).succeeded().output
    #expect(listed.contains("group Senders") && listed.contains("account ines") && listed.contains("(unset)"))
    #expect(!listed.contains("maestro-prod.example"))
    #expect(try names() == ["listserv-1", "listserv-2", "tracking-1", "tracking-2", "tracking-3", "tracking-4"])
    try expectRefusal(
      78, "the default is not set", of: ["post-restore", "overrides", "like-default", "listserv-1", "--yes"],
      on: server.path, traces: true)
    try expectRefusal(
      64, "no such override", of: ["post-restore", "overrides", "clear", "listserv-9", "--yes"], on: server.path)
    try hubtui("post-restore", "listserv-host", "l.test:25", "--untested", on: server.path).succeeded()
    try hubtui("post-restore", "overrides", "like-default", "listserv-1", "--yes", on: server.path).succeeded()
    try hubtui(
      "post-restore", "overrides", "clear", "listserv-2", "tracking-1", "tracking-2", "--yes", on: server.path
    ).succeeded()
    #expect(try names() == ["listserv-1", "tracking-3", "tracking-4"])
    let left = try hubtui("post-restore", "overrides", "list", on: server.path).succeeded().output
    #expect(left.contains("l.test:25"))
    let status = try hubtui("post-restore", "status", on: server.path).succeeded().output
    #expect(status.contains("[ ] Overrides: 2 of 3"))
  }

  @Test func productionsOwnAreLeftAlone() throws {
    let demo = try Demo()
    let before = try hubtui("post-restore", "overrides", on: demo.production).succeeded().output
    #expect(before.contains("listserv-members.internal.maestro-prod.example:2306"))
    try expectRefusal(
      77, "no restored test system", of: ["post-restore", "overrides", "clear", "listserv-1", "--yes"],
      on: demo.production, traces: true)
    #expect(try hubtui("post-restore", "overrides", on: demo.production).succeeded().output == before)
  }
}
