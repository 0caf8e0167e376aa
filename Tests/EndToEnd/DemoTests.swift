import Testing

@Suite(.waiting) struct DemoTests {
  @Test func theSameSeedAndMomentMakeTheSameProduction() throws {
    let folder = try TemporaryFolder()
    // Its own path is part of a production, so all are made in one place.
    func make(_ name: String, seed: String) throws -> Tree {
      try hubtui(
        "demo", folder["demo"], "--subscribers", "300", "--events", "900", "--seed", seed, "--now",
        "2026-03-01T12:00:00Z"
      ).succeeded()
      try run(["mv", folder["demo"], folder[name]]).succeeded()
      return try Tree(folder[name] + "/production/lui/data")
    }
    let first = try make("first", seed: "7")
    let second = try make("second", seed: "7")
    let third = try make("third", seed: "8")
    #expect(first.differences(to: second) == [])
    #expect(!first.differences(to: third).isEmpty)
    try python(
      """
      first, second, third = ([dump(db(f'{A[0]}/{n}/production-database/maestro.sqlite'))] + [
          open(f, 'rb').read() for f in sorted(glob.glob(f'{A[0]}/{n}/production/*/*.ini'))]
          for n in ('first', 'second', 'third'))
      assert len(first) == 5
      assert first == second
      assert all(a != b for a, b in zip(first, third))
      """, [folder.path])
  }

  @Test func whatIsThereAlreadyIsNeverOverwritten() throws {
    let demo = try Demo()
    let before = try Tree(demo.folder.path)
    let run = try hubtui("demo", demo.folder.path)
    #expect(run.status == 73)
    #expect(run.errorLines.count == 1)
    #expect(try Tree(demo.folder.path).differences(to: before) == [])
  }
}
