import Testing

@testable import Detection

/// Small packed values.
@Suite struct CompressedTests {
  private func unpacked(_ bytes: [UInt8], limit: Int = 1 << 20) -> [(notation: Notation, bytes: [UInt8])] {
    bytes.withUnsafeBytes { Compressed.unpacked($0, limit: limit) }
  }

  @Test func eachFormGivesItsContent() throws {
    let folder = try TemporaryFolder()
    try folder.shell(
      """
      printf 'smtp.password=tomato' > value
      gzip -c value > gzip
      (gzip -c value; gzip -c value) > members
      tar cf tar value
      zip -q stored.zip -0 value
      zip -q zip.zip value
      python3 -c "import zlib,sys; sys.stdout.buffer.write(zlib.compress(b'smtp.password=tomato'))" > zlib
      """)
    let value = try folder.bytes("value")
    for (name, notation) in [
      ("gzip", Notation.gzip), ("tar", .tar), ("stored.zip", .zip), ("zip.zip", .zip), ("zlib", .zlib),
    ] {
      let parts = unpacked(try folder.bytes(name))
      #expect(parts.map(\.bytes) == [value] && parts.map(\.notation) == [notation], "\(name)")
    }
    #expect(unpacked(try folder.bytes("members")).map(\.bytes) == [value + value])
    #expect(unpacked(value).isEmpty && unpacked([]).isEmpty && unpacked(ZipSamples.noise(500)).isEmpty)
  }

  @Test func nothingBeyondTheLimitIsUnpacked() throws {
    let folder = try TemporaryFolder()
    try folder.shell("head -c 30000000 /dev/zero | gzip -9 > bomb")
    let parts = unpacked(try folder.bytes("bomb"), limit: 100_000)
    #expect(parts.reduce(0) { $0 + $1.bytes.count } == 100_000)
  }
}
