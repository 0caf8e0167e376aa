import Testing

@Suite(.waiting) struct LeakTests {
  /// Searches INIs, settings, connections and manifests of three archives, `A[2]` and on, for everything collected.
  private static let search =
    collectSecrets + #"""
      config = {'hub_settings': (), 'hub_database_connections': (), 'hub_key_stores': (), 'hub_directories': (),
                'hub_api_keys': (), 'hub_web_hooks': (), 'lui_mailboxes': (),
                'lui_sender_profiles': ('from_name', 'from_address'), 'lui_drop_ins': ('content',), 'lui_feeds': (),
                'lui_reports': ('definition',)}
      assert len(needles) > 90, sorted(needles)
      for must in ('listserv.maestro-prod.example', '127.0.0.12', 'maestro-prod.example', '192.0.2.44'):
          assert must in needles, must

      def leaks(archives):
          searched, found = 0, []
          for archive in archives:
              with zipfile.ZipFile(archive) as z:
                  places = {n: z.read(n).decode() for n in z.namelist() if n.startswith('ini/') or n == 'manifest.json'}
              for table, kept in config.items():
                  if f'database/{table}.copy' in zipfile.ZipFile(archive).namelist():
                      for row in copy_rows(archive, table):
                          for column, value in row.items():
                              if column not in kept and value is not None:
                                  place = f'{table}.{column}'
                                  places[place] = places.get(place, '') + value + '\n'
              searched += len(places)
              found += [(place, needle) for place, value in places.items() for needle in needles
                        if needle.lower() in value.lower()]
          return searched, found

      """#

  @Test func nothingOfProductionIsWhereASystemReadsIt() throws {
    let shared = try Shared.get()
    try python(
      LeakTests.search + """
        searched, found = leaks(A[2:])
        assert searched > 40, searched
        assert not found, found
        for table in ('hub_sessions', 'hub_one_time_tokens'):
            assert rows(c, table) and not copy_rows(A[2], table), table
        # Key stores and keys of the data folders are left out, under whatever name.
        for archive in A[2:]:
            with zipfile.ZipFile(archive) as z:
                held = [n for n in z.namelist() if b'PRIVATE KEY' in z.read(n) or n.endswith(('.p12', '.pem'))]
                assert not held, held
        """,
      [shared.demo.production, shared.demo.database] + shared.demo.archives(shared.testBed, testBed: true))
  }

  @Test func theSearchFindsWhatANormalBackupHolds() throws {
    let shared = try Shared.get()
    try python(
      LeakTests.search + """
        found = leaks(A[2:])[1]
        places = {place for place, _ in found}
        for must in ('ini/hub.ini', 'ini/tracker.ini', 'hub_settings.value', 'hub_key_stores.content',
                     'lui_feeds.authorization_header', 'lui_sender_profiles.dkim_private_key'):
            assert must in places, (must, places)
        """,
      [shared.demo.production, shared.demo.database] + shared.demo.archives(shared.normal, testBed: false))
  }

  /// A secret where no rule expects one.
  struct Plant: Sendable, CustomTestStringConvertible {
    let name: String
    let place: String
    let plant: @Sendable (Demo) throws -> Void
    var testDescription: String { name }
  }

  private static let secret = "Xk29-planted-Qz71-secret"

  static let plants: [Plant] = [
    Plant(name: "INI key", place: "ini lui.ini:crm.api.token") { demo in
      try run([
        "sh", "-c", "printf '\\ncrm.api.token=%s\\n' \"$1\" >> \"$2\"", "sh", secret, demo.production + "/lui/lui.ini",
      ])
      .succeeded()
    },
    Plant(name: "setting", place: "setting trk.plugin.api-token") { demo in
      try demo.sql("INSERT INTO hub_settings (name, value) VALUES ('trk.plugin.api-token', '\(secret)')")
    },
    Plant(name: "column of a new table", place: "column lui_plugin_x.access_code_password") { demo in
      try demo.sql(
        """
        CREATE TABLE lui_plugin_x (id INTEGER PRIMARY KEY, label VARCHAR(40), access_code_password VARCHAR(100));
        INSERT INTO lui_plugin_x VALUES (1, 'one', '\(secret)')
        """)
    },
    Plant(name: "private key in a data folder", place: "file lui/data/uploads/readme.txt") { demo in
      try write(
        "-----BEGIN PRIVATE KEY-----\n\(secret)\n-----END PRIVATE KEY-----\n",
        to: demo.production + "/lui/data/uploads/readme.txt")
    },
  ]

  @Test(arguments: plants) func whatNoRuleCoversStopsTheBackup(plant: Plant) throws {
    let demo = try Demo()
    try plant.plant(demo)
    let refused = try hubtui("backup", "create", "--test-bed", on: demo.production)
    #expect(refused.status == 77)
    #expect(refused.output.isEmpty)
    #expect(refused.errorLines.count == 1)
    #expect(refused.errors.contains(": \(plant.place);"))
    #expect(refused.errors.contains(demo.production + "/hub/test-bed-rules.yaml"))
    #expect(!refused.errors.contains(LeakTests.secret))
    // Nothing but the report, which has no mark.
    #expect(try demo.backupFolders.flatMap { try names(in: $0) } == [])
    let report = try #require(
      try names(in: demo.production + "/hub/logs").first { $0.hasPrefix("testBedBackupReport_") })
    let lines = try text(of: demo.production + "/hub/logs/" + report).split(separator: "\n")
    #expect(lines.last?.contains("not usable for a restore") == true)

    let advice = try #require(refused.errors.firstMatch(of: /: (rules: \[.*\]) or (harmless: \[.*\])/))
    try write("\(advice.2)\n", to: demo.production + "/hub/test-bed-rules.yaml")
    let harmless = try demo.backup("--test-bed")
    #expect(try holdsSecret(demo.archives(harmless, testBed: true)))
    try write("\(advice.1)\n", to: demo.production + "/hub/test-bed-rules.yaml")
    let ruled = try demo.backup("--test-bed")
    #expect(try !holdsSecret(demo.archives(ruled, testBed: true)))
    let rule = try #require(String(advice.1).firstMatch(of: /id: ([\w-]+)/)?.1)
    #expect(try text(of: demo.reportPath(ruled, testBed: true)).contains("  \(rule): 1 "))
  }

  private func holdsSecret(_ archives: [String]) throws -> Bool {
    try python(
      """
      print(any(A[0].encode() in z.read(n) for z in map(zipfile.ZipFile, A[1:]) for n in z.namelist()))
      """, [LeakTests.secret] + archives) == "True\n"
  }
}
