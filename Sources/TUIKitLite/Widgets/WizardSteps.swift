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

  private static func look(_ state: State) -> (sign: Character, style: Style) {
    switch state {
    case .done: (Style.good.marker, .normal)
    case .current: ("▸", .title)
    case .open: (" ", .normal)
    case .skipped: ("–", .disabled)
    }
  }

  /// Draws all steps on one line, to stand above a screen.
  public func drawLine(on canvas: inout Canvas) {
    var column = 0
    for (place, step) in steps.enumerated() {
      let (sign, style) = WizardSteps.look(step.state)
      let used = canvas.write("\(sign) \(place + 1) \(step.title)", x: column, y: 0, style)
      if step.state == .done { canvas.restyle(Rect(column, 0, 1, 1), .good) }
      column += used + 3
    }
  }

  /// Draws a step a line.
  public func draw(on canvas: inout Canvas) {
    let current = steps.firstIndex { $0.state == .current } ?? 0
    let position = ListPosition(count: steps.count, height: canvas.size.height, selected: current)
    for (row, place) in position.visible(in: canvas.size.height).enumerated() {
      let step = steps[place]
      let (sign, style) = WizardSteps.look(step.state)
      canvas.write("\(sign) \(place + 1) \(step.title)", x: 0, y: row, style, width: canvas.size.width)
      if step.state == .done { canvas.restyle(Rect(0, row, 1, 1), .good) }
    }
  }

  /// Whether both have the same steps in the same states.
  public static func == (left: WizardSteps, right: WizardSteps) -> Bool {
    left.steps.count == right.steps.count && zip(left.steps, right.steps).allSatisfy { $0 == $1 }
  }
}
