import Testing

@Suite(.waiting) struct MaskTests {
  @Test func maskedPeopleStayTheSamePeopleAndNobodyIsReal() throws {
    let demo = try Demo()
    let id = try demo.backup("--test-bed", "--mask-recipients")
    let server = try TestServer()
    try run(Program.command(["restore", id, "--yes"] + demo.from, on: server.path)).succeeded()
    try python(
      """
      real, masked = db(A[0]), db(A[1])
      joins = (
          'lui_subscribers a JOIN lui_recipients b ON lower(a.email) = lower(b.email)',
          'lui_subscribers a JOIN trk_events b ON lower(a.email) = lower(b.email)',
          'lui_recipients a JOIN trk_events b ON lower(a.email) = lower(b.email)')
      for join in joins:
          left, right = (c.execute(f'SELECT count(*) FROM {join}').fetchone()[0] for c in (real, masked))
          assert left == right > 0, (join, left, right)
      personal = {'lui_subscribers': 'email first_name last_name notes photo',
                  'lui_recipients': 'email name field_1 field_2', 'lui_profile_values': 'value',
                  'trk_events': 'email ip_address'}
      people = set()
      for table, names in personal.items():
          before, after = rows(real, table), rows(masked, table)
          assert before.keys() == after.keys() and before, table
          for key, row in before.items():
              for column in names.split():
                  old, new = row[column], after[key][column]
                  if old not in (None, '', b''):
                      assert old != new, (table, column, old)
                  if column == 'email' and old:
                      assert re.fullmatch(r'[A-Za-z0-9-]+@example\\.invalid', new), new
                      people.add(old)
              same = set(row) - set(names.split())
              assert all(row[c] == after[key][c] for c in same), (table, key)
      assert len(people) >= 200
      # No real address anywhere in the three archives, whatever the entry, in any spelling of its letters.
      held = b''.join(z.read(n) for z in map(zipfile.ZipFile, A[2:]) for n in z.namelist()).lower()
      assert not [p for p in people if p.lower().encode() in held]
      """, [demo.database, server.database] + demo.archives(id, testBed: true))
  }
}
