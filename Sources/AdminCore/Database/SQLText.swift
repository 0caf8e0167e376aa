/// A name as an SQL identifier, whatever it holds.
package func quoted(_ name: String) -> String { enclosed(name, in: "\"") }

/// A text as an SQL literal, whatever it holds.
package func literal(_ text: String) -> String { enclosed(text, in: "'") }

// By scalars: a quote with a combining mark is one character to Swift and still a quote to SQL.
private func enclosed(_ text: String, in quote: Unicode.Scalar) -> String {
  var result = String(quote)
  for scalar in text.unicodeScalars {
    if scalar == quote { result.unicodeScalars.append(scalar) }
    result.unicodeScalars.append(scalar)
  }
  return result + String(quote)
}
