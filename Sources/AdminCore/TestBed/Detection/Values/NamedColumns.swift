/// Tables written as text, whose first line names the columns: a password stands far below its name.
extension TextScan {
  func lookForNamedColumns() {
    guard recogniser.seeks(.secret), let end = text.prefix(512).firstIndex(of: 0x0A), end > 2 else { return }
    let head = lineRange(0..<end)
    guard let separator = [0x2C, 0x3B, 0x09, 0x7C].map(UInt8.init).first(where: { text[head].contains($0) }) else {
      return
    }
    let names = fields(head, separator)
    guard names.count >= 2, names.allSatisfy({ (1...40).contains($0.count) && isName($0) }) else { return }
    let secret = names.firstIndex { recogniser.name(Bytes(rebasing: text[$0])).secrecy == .hard }
    guard let secret else { return }
    var start = end + 1
    while start < text.count {
      let end = text[start...].firstIndex(of: 0x0A) ?? text.count
      let fields = fields(lineRange(start..<end), separator)
      if fields.count == names.count, !fields[secret].isEmpty,
        PlainValue.canBeSecret(text, fields[secret], isHard: true)
      {
        note(.secret, fields[secret])
        if recogniser.isDone { return }
      }
      start = end + 1
    }
  }

  private func lineRange(_ range: Range<Int>) -> Range<Int> {
    range.last.map { text[$0] == 0x0D } == true ? range.dropLast().startIndex..<range.upperBound - 1 : range
  }

  private func fields(_ line: Range<Int>, _ separator: UInt8) -> [Range<Int>] {
    var fields: [Range<Int>] = []
    var start = line.lowerBound
    for index in line.lowerBound...line.upperBound where index == line.upperBound || text[index] == separator {
      var field = start..<index
      while let first = field.first, text[first] == 0x20 || text[first] == 0x22 { field = first + 1..<field.upperBound }
      while let last = field.last, text[last] == 0x20 || text[last] == 0x22 { field = field.lowerBound..<last }
      fields.append(field)
      start = index + 1
    }
    return fields
  }

  private func isName(_ range: Range<Int>) -> Bool {
    range.allSatisfy { text[$0].isWordByte || text[$0] == 0x2D || text[$0] == 0x2E || text[$0] == 0x20 }
  }
}
