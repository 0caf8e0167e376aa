/// How far something is.
public struct ProgressBar: Sendable, Equatable {
  /// The part done, 0 to 1; nil when nobody knows how much there is.
  public let fraction: Double?
  /// How fast it goes, in the caller's words.
  public let rate: String
  /// How long it will take, in the caller's words.
  public let timeLeft: String

  /// Makes a bar; a fraction outside 0 to 1 is brought inside, one that is no number counts as unknown.
  public init(_ fraction: Double?, rate: String = "", timeLeft: String = "") {
    self.fraction = fraction.flatMap { $0.isNaN ? nil : min(1, max(0, $0)) }
    self.rate = rate
    self.timeLeft = timeLeft
  }

  /// Draws it on the first row: bar, per cent (100 only when all is done), rate, time left.
  public func draw(on canvas: inout Canvas) {
    let percent = fraction.map { "\(Int($0 * 100))%" } ?? "?"
    let words = [String(repeating: " ", count: max(0, 4 - percent.count)) + percent, rate, timeLeft]
    let text = words.filter { !$0.isEmpty }.joined(separator: "  ")
    let width = max(0, canvas.size.width - TextWidth.of(text) - 2)
    let done = Int(Double(width) * (fraction ?? 0))
    canvas.fill(Rect(0, 0, done, 1), .progressDone, with: "█")
    canvas.fill(Rect(done, 0, width - done, 1), .progressRest, with: "░")
    canvas.write(text, x: width == 0 ? 0 : width + 2, y: 0)
  }
}
