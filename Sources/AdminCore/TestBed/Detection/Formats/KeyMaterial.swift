import Platform

/// Tells private keys and stores of keys by their content, in every form in which programs keep them. Public keys and
/// certificates alone are none.
package enum KeyMaterial {
  /// What bytes are or hold, nil when it is no key material.
  ///
  /// - Parameter bytes: a whole value, or at least the first 64 KiB of a longer one.
  package static func kind(of bytes: UnsafeRawBufferPointer) -> Sight.Kind? {
    kind(ofBinary: bytes) ?? KeyText.kind(of: bytes)
  }

  /// The same without the forms that are text.
  static func kind(ofBinary bytes: UnsafeRawBufferPointer) -> Sight.Kind? {
    guard bytes.count >= 8 else { return nil }
    return KeyStoreFormat.kind(of: bytes) ?? DERKey.kind(of: bytes) ?? OpenPGPKey.kind(of: bytes)
  }
}
