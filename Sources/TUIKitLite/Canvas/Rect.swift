/// A place on the screen in cells; 0,0 is the upper left.
public struct Point: Hashable, Sendable {
  /// Column, growing to the right.
  public var x: Int
  /// Row, growing downwards.
  public var y: Int

  /// Makes a place; both numbers may lie outside any screen.
  public init(_ x: Int, _ y: Int) {
    self.x = x
    self.y = y
  }
}

/// An extent in cells; never negative.
public struct Size: Hashable, Sendable, CustomStringConvertible {
  /// Columns.
  public let width: Int
  /// Rows.
  public let height: Int

  /// Makes an extent; negative numbers count as 0.
  public init(_ width: Int, _ height: Int) {
    self.width = max(0, width)
    self.height = max(0, height)
  }

  /// `80×24`.
  public var description: String { "\(width)×\(height)" }

  /// Whether `other` fits into it.
  public func holds(_ other: Size) -> Bool { width >= other.width && height >= other.height }
}

/// A rectangle of cells.
public struct Rect: Hashable, Sendable {
  /// The left column.
  public let x: Int
  /// The top row.
  public let y: Int
  /// The extent.
  public let size: Size

  /// Makes a rectangle; a negative width or height counts as 0.
  public init(_ x: Int, _ y: Int, _ width: Int, _ height: Int) {
    self.x = x
    self.y = y
    self.size = Size(width, height)
  }

  /// Columns.
  public var width: Int { size.width }
  /// Rows.
  public var height: Int { size.height }
  /// The first column to the right of it.
  public var maxX: Int { x + width }
  /// The first row below it.
  public var maxY: Int { y + height }

  /// What both have in common; empty when they are apart.
  public func intersection(_ other: Rect) -> Rect {
    let left = max(x, other.x)
    let top = max(y, other.y)
    return Rect(left, top, min(maxX, other.maxX) - left, min(maxY, other.maxY) - top)
  }

  /// The rectangle without `columns` at the left and right and `rows` at the top and bottom.
  public func inset(_ columns: Int, _ rows: Int) -> Rect {
    Rect(x + columns, y + rows, width - 2 * columns, height - 2 * rows)
  }

  /// A rectangle of at most `size` in the middle of this one.
  public func centred(_ size: Size) -> Rect {
    let fitted = Size(min(size.width, width), min(size.height, height))
    return Rect(x + (width - fitted.width) / 2, y + (height - fitted.height) / 2, fitted.width, fitted.height)
  }

  /// Whether the cell at `x`,`y` is in it.
  public func contains(x: Int, y: Int) -> Bool { x >= self.x && x < maxX && y >= self.y && y < maxY }
}
