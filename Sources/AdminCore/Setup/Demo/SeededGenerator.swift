import Archive

/// Numbers that look random and are a function of a seed: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom
/// number generators", 2014). Never for a real secret.
struct SeededGenerator: RandomNumberGenerator {
  /// What the numbers are for: each purpose has a sequence of its own, so that a change in one moves no other.
  enum Purpose: UInt64 {
    case hub = 1
    case instanceIDs, iniFiles, mail, jobs, files, person, events, homeFiles, overrides
  }

  private var state: UInt64

  /// The sequence of one purpose, and of one row where rows have sequences of their own.
  init(seed: UInt64, _ purpose: Purpose, row: Int = 0) {
    state = SeededGenerator.mix(seed ^ SeededGenerator.mix(purpose.rawValue << 56 ^ UInt64(truncatingIfNeeded: row)))
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return SeededGenerator.mix(state)
  }

  /// A number from 0 to `bound` - 1; the bias is too small to matter here.
  @inline(__always)
  package mutating func below(_ bound: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// Bytes of every value.
  package mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 56) }
  }

  /// A secret that says what it is for, such as `relay-secret-7f3a91c05be2d846`.
  mutating func secret(_ purpose: String) -> String { "\(purpose)-secret-\(Digest.hex(bytes(8)))" }

  /// A PEM block that looks like a private key and is none: what follows the usual first bytes is noise.
  mutating func privateKey() -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var body = Array("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ".utf8)
    while body.count < 1624 { body.append(alphabet[below(64)]) }
    let lines = stride(from: 0, to: body.count, by: 64).map {
      String(decoding: body[$0..<min($0 + 64, body.count)], as: UTF8.self)
    }
    return "-----BEGIN PRIVATE KEY-----\n\(lines.joined(separator: "\n"))\n-----END PRIVATE KEY-----\n"
  }

  /// Bytes that begin as a PKCS #12 key store does.
  mutating func keyStore(_ count: Int) -> [UInt8] {
    let length = count - 4
    return [0x30, 0x82, UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF), 0x02, 0x01, 0x03] + bytes(count - 7)
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var value = value
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}
