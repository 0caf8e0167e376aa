/// Columns in rows as an archive holds them: lines of cells with tabs between them.
enum CopyColumn {
  /// The index of the column in which a position lies.
  ///
  /// - Parameters:
  ///   - buffer: a piece of the rows, which may begin within a line.
  ///   - first: the column with which the piece begins.
  static func index(at position: Int, in buffer: UnsafeRawBufferPointer, first: Int) -> Int {
    var tabs = 0
    var index = position - 1
    while index >= 0 {
      if buffer[index] == 0x0A { return tabs }
      if buffer[index] == 0x09 { tabs += 1 }
      index -= 1
    }
    return tabs + first
  }
}
