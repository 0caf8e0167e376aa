/// Takes values apart, in any notation, and sees the dangerous things in them. Its time is linear in a value's size.
package enum Recogniser {
  /// Everything that stops a backup at such a place, in the order in which it stands there.
  ///
  /// - Parameters:
  ///   - bytes: the value, text or not.
  ///   - look: how closely the place is looked at.
  package static func sights(in bytes: UnsafeRawBufferPointer, _ look: Look) -> [Sight] {
    let text = String(decoding: bytes, as: UTF8.self)
    let reason = Suspicion.reason(bytes: bytes) ?? (look == .content ? nil : Suspicion.reason(value: text))
    return reason == nil ? [] : [Sight(.secret, 0..<bytes.count, text)]
  }

  /// The first of them, which is enough for a verdict.
  package static func first(in bytes: UnsafeRawBufferPointer, _ look: Look) -> Sight? { sights(in: bytes, look).first }

  /// The same for a text.
  package static func sights(in text: String, _ look: Look) -> [Sight] {
    var text = text
    return text.withUTF8 { sights(in: UnsafeRawBufferPointer($0), look) }
  }
}
