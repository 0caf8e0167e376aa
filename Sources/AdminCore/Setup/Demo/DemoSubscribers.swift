import Database

/// The subscribers of the demo production with their profiles, and the people on its recipient lists: the large tables,
/// made row by row in bounded memory.
struct DemoSubscribers {
  package let options: DemoOptions
  package let staging: any TableStaging

  /// The profile fields; a field's ID is its position, counted from 1.
  static let fields = [(name: "birthday", kind: "date"), (name: "city", kind: "text"), (name: "remark", kind: "text")]

  private static let rowsPerNote = 250_000

  func fill(_ progress: (String) -> Void) throws {
    let people = DemoPeople(seed: options.seed)
    try fillRecipients(people, progress)
    let row = try DemoRow("lui_subscribers", in: staging)
    for person in 1...options.subscribers {
      if person % DemoSubscribers.rowsPerNote == 0 {
        progress("production: \(person) of \(options.subscribers) subscribers")
      }
      try insert(person, people, row)
    }
    try row.finish()
    progress("production: profiles")
    try fillProfiles(people)
  }

  private func insert(_ person: Int, _ people: DemoPeople, _ row: DemoRow) throws {
    var generator = people.generator(person)
    row.integer(person)
    people.appendEmail(person, to: row)
    row.endText()
    name(DemoPeople.firstNames, unset: 0, empty: 1, person, &generator, row)
    name(DemoPeople.lastNames, unset: 2, empty: 3, person, &generator, row)
    if person % 19 == 4 {
      row.null()
    } else {
      row.text(DemoPeople.languages[generator.below(DemoPeople.languages.count)])
    }
    row.boolean(person % 10 != 9)
    row.moment(options.now - 3600 - Int64(generator.below(5 * 365 * 86_400)))
    if person % 5 == 0 {
      row.text(DemoPeople.trickyTexts[person / 5 % DemoPeople.trickyTexts.count])
    } else {
      row.null()
    }
    photo(person, &generator, row)
    engagement(person, &generator, row)
    credit(person, &generator, row)
    try row.insert()
  }

  private func name(
    _ names: [StaticString], unset: Int, empty: Int, _ person: Int, _ generator: inout SeededGenerator, _ row: DemoRow
  ) {
    switch person % 23 {
    case unset: row.null()
    case empty: row.text("")
    default: row.text(names[generator.below(names.count)])
    }
  }

  /// A picture for one in forty: every byte value, then noise; an empty one is not the same as none.
  private func photo(_ person: Int, _ generator: inout SeededGenerator, _ row: DemoRow) {
    switch person % 40 {
    case 3:
      let first = generator.below(256)
      for offset in 0..<256 { row.append(byte: UInt8(truncatingIfNeeded: first + offset)) }
      for _ in 0..<generator.below(400) { row.append(byte: UInt8(truncatingIfNeeded: generator.next())) }
      row.endBinary()
    case 5: row.endBinary()
    default: row.null()
    }
  }

  private static let extremes: [Double] = [
    -1.5, 0, .leastNonzeroMagnitude, 1e-300, .greatestFiniteMagnitude, -.leastNormalMagnitude, 0.1 + 0.2,
    9_007_199_254_740_991,
    1.0 / 3,
  ]

  private func engagement(_ person: Int, _ generator: inout SeededGenerator, _ row: DemoRow) {
    switch person % 11 {
    case 0: row.real(DemoSubscribers.extremes[person / 11 % DemoSubscribers.extremes.count])
    case 1: row.null()
    default: row.real(Double(generator.next() >> 11) * 0x1p-53 * 110 - 10)
    }
  }

  private func credit(_ person: Int, _ generator: inout SeededGenerator, _ row: DemoRow) {
    switch person % 9 {
    case 0: row.null()
    case 1: row.integer(0)
    default: row.real(Double(generator.below(3_000_000) - 500_000) / 100)
    }
  }

  private func fillProfiles(_ people: DemoPeople) throws {
    let row = try DemoRow("lui_profile_values", in: staging)
    func value(_ person: Int, _ field: Int, _ fill: () -> Void) throws {
      row.integer(person)
      row.integer(field)
      fill()
      try row.insert()
    }
    for person in stride(from: 1, through: options.subscribers, by: 4) {
      var generator = people.generator(-person)
      try value(person, 1) {
        row.append(day: generator.below(20_000) - 7000)
        row.endText()
      }
      try value(person, 2) { row.text(DemoPeople.cities[generator.below(DemoPeople.cities.count)]) }
      guard person % 8 == 1 else { continue }
      try value(person, 3) {
        if person % 16 == 1 {
          row.text(DemoPeople.trickyTexts[person / 16 % DemoPeople.trickyTexts.count])
        } else {
          row.null()
        }
      }
    }
    try row.finish()
  }

  private func fillRecipients(_ people: DemoPeople, _ progress: (String) -> Void) throws {
    progress("production: recipient lists")
    let row = try DemoRow("lui_recipients", in: staging)
    var id = 0
    for list in [1, 2] {
      for index in 0..<DemoJobs.recipientCount(ofList: Int64(list), options) {
        id += 1
        // A stride that is no divisor of the number of people, so that both lists have old and new ones.
        let person = (index * 7 + list) % options.subscribers + 1
        var generator = people.generator(person)
        row.integer(id)
        row.integer(list)
        people.appendEmail(person, to: row)
        row.endText()
        row.append(DemoPeople.firstNames[generator.below(DemoPeople.firstNames.count)])
        row.append(byte: 0x20)
        row.append(DemoPeople.lastNames[generator.below(DemoPeople.lastNames.count)])
        row.endText()
        row.text(DemoPeople.companies[generator.below(DemoPeople.companies.count)])
        if id % 3 == 0 { row.text(DemoPeople.trickyTexts[id / 3 % DemoPeople.trickyTexts.count]) } else { row.null() }
        try row.insert()
      }
    }
    try row.finish()
  }
}
