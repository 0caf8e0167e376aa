import Database

/// Invented people: what a person is called is a function of the seed and the person's number, so that the same one is
/// the same in every table.
struct DemoPeople {
  let seed: UInt64

  /// A sequence of a person's own.
  @inline(__always)
  package func generator(_ person: Int) -> SeededGenerator { SeededGenerator(seed: seed, .person, row: person) }

  /// Appends the person's address. It begins with the number: addresses are unique, and come in the order of their index,
  /// which makes loading millions of them fast.
  func appendEmail(_ person: Int, to row: DemoRow) {
    var generator = generator(person)
    row.append("r")
    row.append(person, digits: 8)
    row.append(byte: 0x2E)
    row.append(DemoPeople.mailNames[generator.below(DemoPeople.mailNames.count)])
    row.append(byte: 0x40)
    row.append(DemoPeople.mailDomains[generator.below(DemoPeople.mailDomains.count)])
  }

  private static let mailNames: [StaticString] = [
    "anna", "o'neill", "zoe.mueller", "li", "fatima", "kwame", "x", "j_smith", "maria+news", "björn", "t.nguyen",
    "olga",
  ]
  private static let mailDomains: [StaticString] = [
    "mail.example.org", "post.example.com", "home.example.net", "uni.example.org", "bücher.example", "a.example",
  ]

  static let firstNames: [StaticString] = [
    "Anna", "Zoë", "李", "فاطمة", "Kwame", "José", "Jose\u{301}", "O'Brien", "Łucja", "Αθηνά", "Дмитрий", "さくら", "👩‍👩‍👧‍👦",
    "Nguyễn", "दिया", "Anne-Marie", "I\u{307}pek", "ß", "민준", "שרה",
  ]
  static let lastNames: [StaticString] = [
    "Müller", "Smith", "王小明", "الخوارزمي", "d'Arc", "Núñez", "Ω\u{345}", "Ivanova", "山田", "van der Berg",
    "Ó Súilleabháin",
    "\"Quote\"", "Back\\slash", "Tab\tName", "<b>Bold</b>", "🏳️‍🌈", "Łoś", "김", "कुमार", "Null", "Zażółć",
  ]
  static let languages: [StaticString] = ["en", "de", "ja", "ar", "pt-BR", "zh-Hant"]
  static let cities: [StaticString] = ["Köln", "São Paulo", "東京", "القاهرة", "Reykjavík", "Springfield", "Đà Nẵng", ""]
  static let companies: [StaticString] = [
    "Example & Sons", "株式会社例", "\tIndented", "Größe GmbH", "N/A", "100 %; DROP TABLE",
  ]

  /// Texts that careless formats break on.
  static let trickyTexts: [StaticString] = [
    "\\N", "", "two\nlines", "tab\tinside", "C:\\new\\table", "\\.", "it's \"quoted\"", "\r\n", "ends with \\",
    " spaces around ",
    "NULL", "{\"json\": [1, null]}", "a\u{308}o\u{308}u\u{308} are not äöü", "👩🏽‍💻 and 👨‍👩‍👧‍👦", "אבג 123 ابت",
    "\u{1}\u{1F} control", "%s;,|^~`$(id)",
    "\u{FEFF}mark first", "\u{10FFFF} is the last",
  ]
}
