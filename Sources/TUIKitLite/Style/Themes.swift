extension Theme {
  /// Every theme, the usual one first.
  public static let all: [Theme] = [.standard, .light, .highContrast, .mono]

  private static let white = Colour(231, 15)
  private static let black = Colour(16, 0)
  private static let red = Colour(124, 1)
  private static let navy = Colour(18, 4)
  private static let cyan = Colour(116, 6)
  private static let yellow = Colour(220, 3)
  private static let green = Colour(114, 2)
  private static let silver = Colour(252, 7)

  /// Signs of danger and success, alike in all themes with colours.
  private static let signals: [Style: Look] = [
    .danger: Look(white, on: red, .bold),
    .error: Look(white, on: red, .bold),
    .warning: Look(black, on: yellow),
    .good: Look(black, on: green),
    .banner: Look(black, on: yellow, .bold),
    .match: Look(black, on: yellow, .underline),
  ]

  /// The terminal's own colours, with coloured bars: named `default`.
  public static let standard = Theme(
    name: "default", base: Look(),
    looks: signals.merging([
      .title: Look(.bold),
      .breadcrumb: Look(white, on: navy),
      .keyBar: Look(white, on: navy),
      .keyName: Look(black, on: cyan),
      .selected: Look(.reverse),
      .mnemonic: Look([.bold, .underline]),
      .field: Look(.underline),
      .focusedField: Look(black, on: cyan),
      .disabled: Look(.dim),
      .progressDone: Look(.bold),
      .tableHeader: Look([.bold, .underline]),
      .mark: Look(.bold),
    ]) { $1 })

  /// Black on white everywhere, whatever the terminal's own colours are.
  public static let light = Theme(
    name: "light", base: Look(black, on: silver),
    looks: signals.merging([
      .title: Look(navy, on: silver, .bold),
      .breadcrumb: Look(white, on: navy),
      .keyBar: Look(white, on: navy),
      .keyName: Look(black, on: cyan),
      .selected: Look(white, on: navy),
      .mnemonic: Look(navy, on: silver, [.bold, .underline]),
      .field: Look(black, on: silver, .underline),
      .focusedField: Look(black, on: cyan),
      .disabled: Look(black, on: silver, .dim),
      .progressDone: Look(navy, on: silver, .bold),
      .tableHeader: Look(navy, on: silver, [.bold, .underline]),
      .mark: Look(navy, on: silver, .bold),
    ]) { $1 })

  /// Bright on black with the strongest pairs, for weak eyes and weak screens.
  public static let highContrast = Theme(
    name: "high-contrast", base: Look(white, on: black, .bold),
    looks: signals.merging([
      .title: Look(Colour(226, 11), on: black, .bold),
      .breadcrumb: Look(black, on: silver),
      .keyBar: Look(white, on: black, .bold),
      .keyName: Look(black, on: silver),
      .selected: Look(black, on: yellow),
      .mnemonic: Look(Colour(226, 11), on: black, [.bold, .underline]),
      .field: Look(white, on: black, [.bold, .underline]),
      .focusedField: Look(black, on: yellow),
      .disabled: Look(silver, on: black),
      .tableHeader: Look(Colour(226, 11), on: black, [.bold, .underline]),
    ]) { $1 })

  /// No colours at all: attributes only, and the markers that every theme draws.
  public static let mono = Theme(
    name: "mono", base: Look(),
    looks: [
      .title: Look(.bold),
      .breadcrumb: Look(.reverse),
      .keyName: Look(.reverse),
      .selected: Look(.reverse),
      .mnemonic: Look([.bold, .underline]),
      .field: Look(.underline),
      .focusedField: Look(.reverse),
      .disabled: Look(.dim),
      .danger: Look([.bold, .reverse]),
      .error: Look([.bold, .reverse]),
      .warning: Look(.bold),
      .good: Look(.bold),
      .banner: Look([.bold, .reverse]),
      .progressDone: Look(.bold),
      .tableHeader: Look([.bold, .underline]),
      .mark: Look(.bold),
      .match: Look(.reverse),
    ])
}
