import Crypto
import CryptoExtras
import Database
import Foundation
import Installation
import TestBed

/// A password as the system database keeps it: `$scrypt$ln=15,r=8,p=1$salt$hash` with base 64, the PHC string format
/// (github.com/P-H-C/phc-string-format).
struct PasswordHash: Sendable, Equatable {
  package let text: String

  // 2^15 rounds of 8: 32 MiB and some 70 ms a try, as OWASP's password storage cheat sheet asks at least 2^15 with p=3
  // or 2^17 with p=1 for servers under attack; a console behind sshd stands behind delays as well.
  private static let logRounds = 15

  /// Hashes a password under a salt, 16 random bytes unless given.
  init(_ password: String, salt: [UInt8]? = nil) throws {
    var generator = SystemRandomNumberGenerator()
    let salt = salt ?? (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let hash = try PasswordHash.derive(password, salt, logRounds: PasswordHash.logRounds)
    text = "$scrypt$ln=\(PasswordHash.logRounds),r=8,p=1$\(PasswordHash.encode(salt))$\(PasswordHash.encode(hash))"
  }

  /// A hash from the database.
  init(stored text: String) { self.text = text }

  /// Whether this is the hash of `password`; false for anything that is no hash.
  func matches(_ password: String) throws -> Bool {
    let parts = text.split(separator: "$").map(String.init)
    guard parts.count == 4, parts[0] == "scrypt", parts[1].hasPrefix("ln="), parts[1].hasSuffix(",r=8,p=1"),
      let logRounds = Int(parts[1].dropFirst(3).prefix { $0.isNumber }), (10...17).contains(logRounds),
      let salt = PasswordHash.decode(parts[2]), let expected = PasswordHash.decode(parts[3]), expected.count == 32
    else { return false }
    let found = try PasswordHash.derive(password, salt, logRounds: logRounds)
    // All bytes are compared, so that the time tells nothing.
    return zip(found, expected).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  private static func derive(_ password: String, _ salt: [UInt8], logRounds: Int) throws -> [UInt8] {
    let key = try KDF.Scrypt.deriveKey(
      from: Array(password.utf8), salt: salt, outputByteCount: 32, rounds: 1 << logRounds, blockSize: 8, parallelism: 1)
    return key.withUnsafeBytes { [UInt8]($0) }
  }

  private static func encode(_ bytes: [UInt8]) -> String {
    String(Data(bytes).base64EncodedString().prefix { $0 != "=" })
  }

  private static func decode(_ text: String) -> [UInt8]? {
    Data(base64Encoded: text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)).map { [UInt8]($0) }
  }
}
