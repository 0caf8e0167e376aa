/// One element of ASN.1's distinguished or basic encoding (ITU-T X.690), as far as key formats need it.
struct DER {
  let tag: UInt8
  /// The content; cut where the bytes end.
  let content: UnsafeRawBufferPointer
  /// What follows the element, empty when its length is not known.
  let rest: UnsafeRawBufferPointer
  /// Whether all of the content is there.
  let isWhole: Bool

  static let integer: UInt8 = 0x02
  static let octets: UInt8 = 0x04
  static let object: UInt8 = 0x06
  static let sequence: UInt8 = 0x30

  /// - Parameter bytes: anything; nil unless an element begins there.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard let tag = bytes.byte(0), tag & 0x1F != 0x1F, let first = bytes.byte(1) else { return nil }
    self.tag = tag
    if first == 0x80 {
      // Of indefinite length, as some writers of PKCS #12 have it.
      guard tag & 0x20 != 0 else { return nil }
      content = bytes.from(2)
      rest = bytes.from(bytes.count)
      isWhole = false
      return
    }
    let lengthBytes = first < 0x80 ? 0 : Int(first & 0x7F)
    guard lengthBytes <= 4, let length = lengthBytes == 0 ? Int(first) : bytes.big(2, lengthBytes) else { return nil }
    let start = 2 + lengthBytes
    isWhole = length <= bytes.count - start
    content = bytes.part(start..<min(bytes.count, start + length))
    rest = bytes.from(start + length)
  }

  /// The elements inside, at most `limit`.
  func elements(limit: Int) -> [DER] {
    var elements: [DER] = []
    var rest = content
    while elements.count < limit, !rest.isEmpty, let element = DER(rest) {
      elements.append(element)
      rest = element.rest
    }
    return elements
  }

  /// The value of a short integer.
  var number: Int? { tag == DER.integer && (1...2).contains(content.count) ? content.big(0, content.count) : nil }

  /// Whether this is an object identifier that begins with these bytes.
  func isObject(_ bytes: [UInt8]) -> Bool { tag == DER.object && content.has(bytes) }
}
