import Glibc
import Testing

/// A slow line, and collections that are interrupted on it.
@Suite(.waiting) struct DistributionLineTests {
  @Test func aSlowLineCarriesLittleMoreThanTheArchives() throws {
    let three = try Distribution(timeout: 20)
    // What compresses well is compressed before it goes over the line; what does not is as long as it is.
    try run(
      [
        "sh", "-c", "head -c 600000 /dev/urandom > \"$1\"; yes much of the same | head -c 4000000 > \"$2\"", "sh",
        three.machine("lui") + "/lui/data/uploads/random.bin", three.machine("lui") + "/lui/data/uploads/same.txt",
      ]
    ).succeeded()
    let slow = ["rate": 1_000_000, "delay": 200, "loss": 5]
    try three.line("lui", slow)
    try three.line("trk", slow)
    let id = try three.backup("--test-bed")
    #expect(try three.bytes("lui") < 200_000)
    _ = try three.bytes("trk")
    let begin = time(nil)
    try three.hubtui("backup", "collect", id, "--to", three.folder["gathered"]).succeeded()
    let seconds = time(nil) - begin
    usleep(500_000)
    let bytes = try three.bytes("lui")
    let size =
      try text(of: three.production + "/hub/logs/testBedBackupReport_\(id).txt").split(separator: "\n")
      .first { $0.contains("LUI_TestBedBackup_\(id).zip") }.map { Int($0.split(separator: " ")[1]) ?? 0 } ?? 0
    print("slow line: \(bytes) bytes for an archive of \(size), \(Double(bytes) / Double(size)); \(seconds) s")
    #expect(size > 700_000 && bytes >= size && Double(bytes) <= 1.02 * Double(size), "\(bytes) of \(size)")
    try three.hubtui("backup", "verify", id, "--from", three.folder["gathered"]).succeeded()
  }

  @Test func anInterruptedCollectionGoesOn() throws {
    let three = try Distribution()
    try run(
      [
        "sh", "-c", "head -c 3000000 /dev/urandom > \"$1\"", "sh",
        three.machine("lui") + "/lui/data/uploads/random.bin",
      ]
    ).succeeded()
    let id = try three.backup("--test-bed")
    let target = three.folder["gathered"]
    // The line is cut, then the program is killed, then all is well.
    try three.line("lui", ["cut": 1_000_000])
    let cut = try three.hubtui("backup", "collect", id, "--to", target)
    #expect(cut.status == 69 && cut.errors.contains("LUI on 127.0.0.12"), "\(cut.errors)")
    let partial =
      try target + "/"
      + #require(names(in: target).first { $0.hasPrefix(".LUI_TestBedBackup_\(id).zip.") && $0.hasSuffix(".partial") })
    let first = try size(partial)
    #expect(first > 500_000 && first < 1_000_000)
    try three.line("lui", ["rate": 8_000_000])
    let killed = try three.start("backup", "collect", id, "--to", target)
    try eventually("some more bytes have come") { try size(partial) > first + 300_000 }
    killed.signal(SIGKILL)
    _ = try killed.wait()
    let second = try size(partial)
    try three.line("lui", [:])
    try three.hubtui("backup", "collect", id, "--to", target).succeeded()
    let log = try text(of: three.machine("lui") + "/lui/logs/audit.jsonl")
    for byte in [0, first, second] { #expect(log.contains("LUI \(id) from byte \(byte)\"")) }
    try three.hubtui("backup", "verify", id, "--from", target).succeeded()
    // A partial file that is not this archive's beginning is begun anew.
    try run(["rm", target + "/LUI_TestBedBackup_\(id).zip"]).succeeded()
    try write(String(repeating: "x", count: 5000), to: partial)
    try three.hubtui("backup", "collect", id, "--to", target).succeeded()
    try three.hubtui("backup", "verify", id, "--from", target).succeeded()
    // Something else under the archive's name is not overwritten; another archive there is not taken.
    try write("mine", to: target + "/TRK_TestBedBackup_\(id).zip")
    let other = try three.hubtui("backup", "collect", id, "--to", target)
    #expect(other.status == 73, "\(other.errors)")
    #expect(try text(of: target + "/TRK_TestBedBackup_\(id).zip") == "mine")
    try run(["rm", "-r", target]).succeeded()
    try run([
      "sh", "-c", "printf x | dd of=\"$1\" bs=1 seek=200 conv=notrunc", "sh",
      three.backups("trk") + "/TRK_TestBedBackup_\(id).zip",
    ]).succeeded()
    let changed = try three.hubtui("backup", "collect", id, "--to", target)
    #expect(changed.status == 65 && changed.errors.contains("TRK"), "\(changed.errors)")
    #expect(try !names(in: target).contains { $0.contains("TRK") || $0.contains("report") || $0.contains("Report") })
  }

  private func size(_ path: String) throws -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }
}
