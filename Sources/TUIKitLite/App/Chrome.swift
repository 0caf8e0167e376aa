/// What stands around every screen: where one is, as whom, on what kind of system, what runs, which keys work.
public struct Chrome: Sendable, Equatable {
  /// The way here, outermost first.
  public var breadcrumb: [String] = []
  /// The host's name.
  public var host = ""
  /// The account.
  public var user = ""
  /// A warning that stands on every screen; empty for none.
  public var banner = ""
  /// The status line's text.
  public var status = ""
  /// The role of the status line.
  public var statusStyle: Style = .status
  /// The running operation in a line; empty for none. Shown even when the screen is too small for all else.
  public var activity = ""
  /// The keys that work now.
  public var hints: [KeyHint] = []

  /// Makes a chrome; the loop fills in breadcrumb and hints.
  public init(host: String = "", user: String = "", banner: String = "", status: String = "", activity: String = "") {
    self.host = host
    self.user = user
    self.banner = banner
    self.status = status
    self.activity = activity
  }

  /// What is left for the screen: all but the top line, the banner if there is one, and the two lines at the bottom.
  public func content(in size: Size) -> Rect {
    let top = banner.isEmpty ? 1 : 2
    return Rect(0, top, size.width, size.height - top - 2)
  }

  /// Draws it around `screen`.
  public func draw(on canvas: inout Canvas, around screen: (inout Canvas) -> Void) {
    let size = canvas.size
    canvas.within(content(in: size), screen)
    let place = [user, host].filter { !$0.isEmpty }.joined(separator: "@")
    let reserved = place.isEmpty ? 0 : min(TextWidth.of(place) + 2, size.width / 2)
    Breadcrumb(breadcrumb).draw(on: &canvas, in: Rect(0, 0, size.width - reserved, 1))
    canvas.write(place + " ", x: size.width - reserved, y: 0, .breadcrumb, width: reserved, alignment: .right)
    if !banner.isEmpty { Banner(banner).draw(on: &canvas, in: Rect(0, 1, size.width, 1)) }
    StatusLine(status, statusStyle, activity: activity).draw(on: &canvas, in: Rect(0, size.height - 2, size.width, 1))
    KeyBar(hints).draw(on: &canvas, in: Rect(0, size.height - 1, size.width, 1))
  }
}
