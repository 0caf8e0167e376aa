import Testing

/// Archives and reports in a folder where others may write.
@Suite(.waiting) struct SharedFolderTests {
  private static let strangers = ["link", "dangling link", "pipe", "device", "folder", "socket"]

  /// Puts something that is no plain file in the place of a file.
  private func replace(_ path: String, by kind: String) throws {
    switch kind {
    case "link": try run(["sh", "-c", "mv \"$1\" \"$1.real\" && ln -s \"$1.real\" \"$1\"", "sh", path]).succeeded()
    case "dangling link": try run(["ln", "-sfn", "/nowhere", path]).succeeded()
    case "pipe": try run(["sh", "-c", "rm \"$1\" && mkfifo \"$1\"", "sh", path]).succeeded()
    case "device": try run(["ln", "-sfn", "/dev/zero", path]).succeeded()
    case "folder": try run(["sh", "-c", "rm \"$1\" && mkdir \"$1\"", "sh", path]).succeeded()
    default: try python("os.remove(A[0]); socket.socket(socket.AF_UNIX).bind(A[0])", [path])
    }
  }

  @Test(arguments: strangers, ["HUB", "LUI"]) func anArchiveThatIsNoPlainFileIsRefused(kind: String, component: String)
    throws
  {
    let shared = try Shared.get()
    let folder = try shared.copy(shared.testBed)
    let server = try TestServer()
    try replace(folder["\(component)_TestBedBackup_\(shared.testBed).zip"], by: kind)
    let list = try hubtui("backup", "list", "--from", folder.path, on: server.path).succeeded()
    #expect(!list.output.contains(" valid "), "\(list.output)")
    for command in [["backup", "verify"], ["restore", "--dry-run"], ["restore", "--yes"]] {
      let refused = try run(Program.command(command + [shared.testBed, "--from", folder.path], on: server.path))
      #expect([65, 74].contains(refused.status) && refused.errorLines.count == 1, "\(kind): \(refused.errors)")
    }
  }

  @Test(arguments: strangers) func aReportThatIsNoPlainFileIsNoReport(kind: String) throws {
    let shared = try Shared.get()
    let folder = try shared.copy(shared.testBed)
    let server = try TestServer()
    try replace(folder["testBedBackupReport_\(shared.testBed).txt"], by: kind)
    let list = try hubtui("backup", "list", "--from", folder.path, on: server.path).succeeded()
    #expect(list.output.contains(shared.testBed) && list.output.contains("not a plain file"), "\(list.output)")
    let refused = try hubtui("restore", shared.testBed, "--from", folder.path, "--yes", on: server.path)
    #expect(refused.status == 65, "\(refused.errors)")
    // In the installation's own folder it hides no other report.
    try run([
      "cp", folder["LUI_TestBedBackup_\(shared.testBed).zip"],
      "\(server.path)/hub/logs/backupReport_20260101000000-ABCD.txt",
    ])
    .succeeded()
    try replace("\(server.path)/hub/logs/backupReport_20260101000000-ABCD.txt", by: kind)
    #expect(try hubtui("report", "list", on: server.path).succeeded().output.contains("not a plain file"))
    #expect(try hubtui("report", "show", "20260101000000-ABCD", on: server.path).status != 0)
  }
}
