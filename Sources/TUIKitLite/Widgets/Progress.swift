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

/// The steps of a wizard with what is done, what is on and what is open.
public struct WizardSteps: Sendable, Equatable {
  /// Where a step stands.
  public enum State: Sendable, Equatable {
    /// Behind, on, ahead, or left out on purpose.
    case done, current, open, skipped
  }

  /// The steps' names and states.
  public let steps: [(title: String, state: State)]

  /// Makes a list of steps.
  public init(_ steps: [(title: String, state: State)]) { self.steps = steps }

  /// Draws a step a line.
  public func draw(on canvas: inout Canvas) {
    let current = steps.firstIndex { $0.state == .current } ?? 0
    let position = ListPosition(count: steps.count, height: canvas.size.height, selected: current)
    for (row, place) in position.visible(in: canvas.size.height).enumerated() {
      let step = steps[place]
      let (sign, style): (Character, Style) =
        switch step.state {
        case .done: (Style.good.marker, .normal)
        case .current: ("▸", .title)
        case .open: (" ", .normal)
        case .skipped: ("–", .disabled)
        }
      canvas.write("\(sign) \(place + 1) \(step.title)", x: 0, y: row, style, width: canvas.size.width)
      if step.state == .done { canvas.restyle(Rect(0, row, 1, 1), .good) }
    }
  }

  /// Whether both have the same steps in the same states.
  public static func == (left: WizardSteps, right: WizardSteps) -> Bool {
    left.steps.count == right.steps.count && zip(left.steps, right.steps).allSatisfy { $0 == $1 }
  }
}
