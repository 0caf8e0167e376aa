/// The first look at a cell: most hold a number, a date, a time or a few short words, in which nothing can be seen. Whatever
/// it is not sure of it leaves to the recogniser.
enum Glance {
  /// The longest value that is glanced at.
  private static let longest = 256

  /// Whether a value is nothing but short words of letters, numbers, dates and times.
  ///
  /// - Parameter classes: the table of `ByteClasses`.
  static func isPlain(_ bytes: Bytes, _ classes: UnsafePointer<UInt32>) -> Bool {
    guard bytes.count <= longest else { return false }
    let letters = ByteClass([.lower, .upper]).rawValue
    let numeric = ByteClass([.digit, .hyphen, .colon, .dot, .comma]).rawValue
    let blank = ByteClass.blank.rawValue
    var start = 0
    var run: UInt32 = 0
    var points = 0
    var index = 0
    while true {
      let byte = index < bytes.count ? classes[Int(bytes[index])] : blank
      if byte & blank != 0 {
        let count = index - start
        if count > 0 {
          // A full stop or a comma ends a word; a word has no other sign, a number no letter.
          let isWord = run & ~letters == 0
          if isWord {
            guard count < 12, start > 0 || count < 5 || !FieldName.mayTell(Bytes(rebasing: bytes[..<index])) else {
              return false
            }
            if count == 10 || bytes[start] | 0x20 == 0x70, count >= 5 { return false }
          } else {
            guard run & ~numeric == 0, count < 12, points < 3, bytes[start].isASCIIDigit else { return false }
            if bytes[start] == 0x30, count > 3, bytes[start + 1] == 0x30 { return false }
          }
        }
        if index >= bytes.count { return true }
        start = index + 1
        run = 0
        points = 0
      } else if byte & (letters | numeric) != 0 {
        // What ends a sentence or a part of one is no part of its last word.
        if byte & ByteClass([.dot, .comma]).rawValue != 0, run & ~letters == 0,
          index + 1 >= bytes.count || bytes[index + 1] == 0x20
        {
          index += 1
          continue
        }
        run |= byte
        if byte & ByteClass([.dot, .colon]).rawValue != 0 { points += 1 }
      } else {
        return false
      }
      index += 1
    }
  }
}
