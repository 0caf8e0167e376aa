extension Decoder {
  /// The values under `keys`, which must be all that there are: for what another process of this very program writes.
  package func container<Keys: CodingKey & CaseIterable>(strictlyKeyedBy keys: Keys.Type) throws
    -> KeyedDecodingContainer<Keys>
  {
    let known = Set(Keys.allCases.map(\.stringValue))
    if let other = try container(keyedBy: AnyKey.self).allKeys.first(where: { !known.contains($0.stringValue) }) {
      throw DecodingError.dataCorrupted(
        .init(codingPath: codingPath + [other], debugDescription: "a key that does not belong here"))
    }
    return try container(keyedBy: keys)
  }
}

extension KeyedDecodingContainer {
  /// A number that counts something, so it is not negative.
  package func decodeCount<Number: FixedWidthInteger & Decodable>(_ type: Number.Type, forKey key: Self.Key) throws
    -> Number
  {
    let count = try decode(type, forKey: key)
    guard count >= 0 else {
      throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "a count below zero")
    }
    return count
  }
}

private struct AnyKey: CodingKey {
  let stringValue: String
  let intValue: Int? = nil

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { return nil }
}
