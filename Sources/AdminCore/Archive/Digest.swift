import Crypto
import Glibc
import Platform

/// SHA-256 over bytes that come piece by piece.
public struct SHA256Hasher {
  private var hash = SHA256()

  /// Starts with no bytes.
  public init() {}

  /// Takes the next bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) { hash.update(bufferPointer: bytes) }

  /// The digest of all bytes so far, 32 bytes.
  public func digest() -> [UInt8] { Array(hash.finalize()) }

  /// The same digest kept in place.
  package func contentDigest() -> ContentDigest { ContentDigest(hash.finalize()) }
}

/// SHA-256 of whole things, and digests as text.
public enum Digest {
  /// The digest of `bytes`, 32 bytes.
  public static func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

  /// The digest of a plain file's content, 32 bytes; a symbolic link is not followed.
  ///
  /// - Throws: `AdminError`: `inputOutput`; `dataError` for anything but a plain file; `cancelled`.
  public static func sha256(ofFile path: String, cancellation: Cancellation) throws -> [UInt8] {
    let file = try File(path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    guard try file.status().st_mode & S_IFMT == S_IFREG else {
      throw AdminError(.dataError, "not a plain file", at: path, next: "put a plain file there")
    }
    return try sha256(of: file, cancellation: cancellation)
  }

  /// The digest of an open file's content, 32 bytes; the position of the descriptor does not matter.
  ///
  /// - Throws: `AdminError`: `inputOutput`; `cancelled`.
  package static func sha256(of file: File, cancellation: Cancellation) throws -> [UInt8] {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    var hasher = SHA256Hasher()
    var offset: UInt64 = 0
    while true {
      try cancellation.check()
      let count = try file.read(into: buffer, at: offset)
      guard count > 0 else { return hasher.digest() }
      offset += UInt64(count)
      hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }

  /// The digest of the first bytes of an open file.
  package static func sha256(
    of file: File, first count: UInt64, cancellation: Cancellation, progress: (UInt64) throws -> Void = { _ in }
  ) throws -> [UInt8] {
    try hasher(of: file, first: count, cancellation: cancellation, progress: progress).digest()
  }

  /// A hasher that has taken the first bytes of an open file.
  package static func hasher(
    of file: File, first count: UInt64, cancellation: Cancellation, progress: (UInt64) throws -> Void = { _ in }
  ) throws -> SHA256Hasher {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    var hasher = SHA256Hasher()
    var offset: UInt64 = 0
    while offset < count {
      try cancellation.check()
      let room = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(min(UInt64(buffer.count), count - offset))])
      let read = try file.read(into: room, at: offset)
      guard read > 0 else { break }
      offset += UInt64(read)
      hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<read]))
      try progress(offset)
    }
    return hasher
  }

  /// Lower-case hexadecimal digits.
  package static let hexDigits = Array("0123456789abcdef".utf8)

  /// A CRC-32 as eight hexadecimal digits.
  package static func hex(_ crc: UInt32) -> String {
    hex([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: crc >> $0) })
  }

  /// The bytes of lower-case hexadecimal; nil for any other text.
  package static func bytes(hex text: String) -> [UInt8]? {
    func value(_ digit: UInt8) -> UInt8? {
      switch digit {
      case 0x30...0x39: digit - 0x30
      case 0x61...0x66: digit - 0x57
      default: nil
      }
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count / 2)
    var high: UInt8?
    for digit in text.utf8 {
      guard let value = value(digit) else { return nil }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return high == nil ? bytes : nil
  }

  /// `bytes` as lower-case hexadecimal.
  public static func hex(_ bytes: [UInt8]) -> String {
    return String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
      for (index, byte) in bytes.enumerated() {
        buffer[2 * index] = hexDigits[Int(byte >> 4)]
        buffer[2 * index + 1] = hexDigits[Int(byte & 15)]
      }
      return bytes.count * 2
    }
  }
}
