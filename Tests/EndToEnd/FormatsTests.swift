import Testing

/// What docs/formats.md promises: a backup can be read with ordinary tools, and none of this product.
@Suite(.waiting) struct FormatsTests {
  @Test(arguments: ["lui_subscribers", "trk_events"]) func aTableCanBeRebuiltWithPythonAlone(table: String) throws {
    let shared = try Shared.get()
    let folder = try TemporaryFolder()
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let document = try text(of: "/\(root)/docs/formats.md")
    let blocks = document.split(separator: "```python\n").dropFirst().compactMap { $0.split(separator: "\n```").first }
    let scripts = blocks.filter { $0.hasPrefix("# rebuild-table.py\n") }
    #expect(scripts.count == 1)
    let script = try #require(scripts.first)
    try write(String(script) + "\n", to: folder["rebuild-table.py"])
    let archive = shared.demo.archives(shared.normal, testBed: false)[table.hasPrefix("lui") ? 1 : 2]
    try run(["python3", folder["rebuild-table.py"], archive, table, folder["out.sqlite"]]).succeeded()
    try python(
      """
      real, rebuilt = db(A[0]), db(A[1])
      assert columns(real, A[2]) == columns(rebuilt, A[2])
      names = ', '.join(columns(real, A[2]))
      query = f'SELECT {names} FROM {A[2]} ORDER BY id'
      left, right = list(real.execute(query)), list(rebuilt.execute(query))
      assert len(left) >= 200 and left == right, [p for p in zip(left, right) if p[0] != p[1]][:2]
      """, [shared.demo.database, folder["out.sqlite"], table])
  }
}
