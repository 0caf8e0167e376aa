import TUIKitLite
import Testing

@Suite struct ThemeTests {
  @Test func aFlagWinsOverNoColourOverASettingOverCapabilities() {
    func name(_ flag: String?, _ noColour: Bool, _ setting: String?, _ colours: Int) -> String {
      Theme.chosen(flag: flag, noColour: noColour, setting: setting, colours: colours).name
    }
    #expect(name("light", true, "high-contrast", 0) == "light")
    #expect(name(nil, true, "high-contrast", 256) == "mono")
    #expect(name(nil, false, "high-contrast", 256) == "high-contrast")
    #expect(name("nonsense", false, nil, 256) == "default")
    #expect(name(nil, false, nil, 2) == "mono")
  }

  @Test(arguments: Theme.all) func bothColoursAreSetOrNeither(theme: Theme) {
    for style in Style.allCases {
      for colours in [0, 8, 16, 256] {
        let rendition = theme.rendition(style, colours: colours)
        #expect((rendition.foreground < 0) == (rendition.background < 0))
        #expect(colours > 0 || rendition.foreground < 0)
        #expect(rendition.foreground < max(1, colours))
        #expect(colours >= 256 || rendition.background < 8)
      }
    }
  }

  /// WCAG 2.1's 4.5:1 for text, on xterm's default palette and its 6×6×6 cube.
  @Test(arguments: Theme.all) func everyPairIsReadable(theme: Theme) {
    for style in Style.allCases {
      for colours in [16, 256] {
        let rendition = theme.rendition(style, colours: colours)
        guard rendition.foreground >= 0 else { continue }
        let pair = [rendition.foreground, rendition.background].map(luminance).sorted()
        #expect((pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5, "\(theme.name) \(style) \(colours)")
      }
    }
  }

  @Test func eightColoursAndBoldMakeBrightOnes() {
    let danger = Theme.standard.rendition(.danger, colours: 8)
    #expect(danger.foreground == 7 && danger.background == 1 && danger.attributes.contains(.bold))
    #expect(!Theme.standard.rendition(.banner, colours: 8).attributes.contains(.bold))
  }

  @Test func rolesThatMeanSomethingDifferWithoutColours() {
    for style in [Style.danger, .error, .warning, .good, .mark] { #expect(style.marker != " ") }
    let mono = Theme.mono
    for style in [Style.selected, .focusedField, .disabled, .danger, .warning, .banner] {
      #expect(mono.look(style) != mono.look(.normal))
    }
    #expect(Set(Style.allCases.map(\.letter)).count == Style.allCases.count)
  }

  private func luminance(_ colour: Int16) -> Double {
    let basic: [(Double, Double, Double)] = [
      (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
      (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
      (255, 255, 255),
    ]
    let number = Int(colour)
    var rgb = (0.0, 0.0, 0.0)
    if number < 16 {
      rgb = basic[number]
    } else if number < 232 {
      let steps = [0.0, 95, 135, 175, 215, 255]
      rgb = (steps[(number - 16) / 36], steps[(number - 16) / 6 % 6], steps[(number - 16) % 6])
    } else {
      let grey = Double(8 + 10 * (number - 232))
      rgb = (grey, grey, grey)
    }
    // sRGB's curve, near enough for a bound.
    func linear(_ part: Double) -> Double { (part / 255) * (part / 255) }
    return 0.2126 * linear(rgb.0) + 0.7152 * linear(rgb.1) + 0.0722 * linear(rgb.2)
  }
}
