import Testing

/// Files of a home folder that the rules know nothing of: what their content decides in a whole backup.
@Suite(.waiting) struct NestedFilesTests {
  @Test func databasesAndEarlierBackupsStayOnProduction() throws {
    let demo = try Demo()
    let normal = try demo.backup()
    let old = demo.production + "/hub/data/old"
    try run([
      "sh", "-ec",
      """
      mkdir "$2"
      cp "$1" "$2/copy.bin"
      gzip -c "$1" > "$2/copy.gz"
      head -c 20000 "$1" > "$2/half"
      sqlite3 "$2/notes" 'create table t(a); insert into t values (1)'
      7z a -bd -y "$2/closed.7z" "$2/notes" >/dev/null
      """, "sh", demo.archives(normal, testBed: false)[0], old,
    ]).succeeded()
    let preview = try hubtui("backup", "create", "--test-bed", "--dry-run", on: demo.production).succeeded().output
    for line in [
      "not taken, a backup archive: data/old/copy.bin", "not taken, a backup archive in gzip: data/old/copy.gz",
      "not taken, a backup archive: data/old/half", "not taken, a database: data/old/notes",
      "cannot be looked into (compressed in a way that is not opened here): data/old/closed.7z", "nested-data: 5 ",
    ] {
      #expect(preview.contains(line), "\(line)")
    }
    let id = try demo.backup("--test-bed")
    let report = try text(of: demo.reportPath(id, testBed: true))
    #expect(report.contains("nested-data: 5 ") && report.contains("data/old/copy.bin"))
    let held = try python(
      "print([n for n in zipfile.ZipFile(A[0]).namelist() if n.startswith('data/old/')])",
      [demo.archives(id, testBed: true)[0]])
    #expect(held == "['data/old/', 'data/old/closed.7z']\n")
    // An ordinary backup carries everything.
    let second = try demo.backup()
    let all = try python(
      "print(len([n for n in zipfile.ZipFile(A[0]).namelist() if n.startswith('data/old/')]))",
      [demo.archives(second, testBed: false)[0]])
    #expect(all == "6\n")
  }

  @Test func eachFileWithASecretStopsTheBackupAndIsNamed() throws {
    let demo = try Demo()
    let data = demo.production + "/lui/data"
    try run([
      "sh", "-ec",
      """
      cd "$1"
      mkdir conf
      echo 'SMTP_URL=smtp://u:tomato@relay.other-site.example' > conf/.env
      echo 'machine relay.other-site.example login u password tomato' > conf/.netrc
      printf '<c><host>relay.other-site.example</host><password>tomato</password></c>' > conf/server.xml
      echo 'smtp.password=tomato' | gzip > conf/settings.gz
      openssl genpkey -algorithm ed25519 -outform DER -out conf/blob
      (printf 'GIF89a'; head -c 700000 /dev/zero; openssl genpkey -algorithm ed25519) > conf/picture.gif
      """, "sh", data,
    ]).succeeded()
    let refused = try hubtui("backup", "create", "--test-bed", on: demo.production)
    #expect(refused.status == 77 && !refused.errors.contains("tomato"))
    for name in [".env", ".netrc", "server.xml", "settings.gz", "blob", "picture.gif"] {
      #expect(refused.errors.contains("lui/data/conf/\(name)"), "\(name)")
    }
    #expect(try demo.backupFolders.flatMap { try names(in: $0) } == [])
  }
}
