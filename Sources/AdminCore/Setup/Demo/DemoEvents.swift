import Database

/// The tracking events of the demo production: opens, clicks, bounces and opt-outs of the jobs that were sent.
struct DemoEvents {
  package let options: DemoOptions
  package let staging: any TableStaging
  package let jobs: DemoJobs

  private static let rowsPerNote = 250_000
  // Mails are read within two weeks, most on the first day.
  private static let longest = 14 * 86_400

  func fill(_ progress: (String) -> Void) throws {
    var generator = SeededGenerator(seed: options.seed, .events)
    let people = DemoPeople(seed: options.seed)
    let sent = DemoJobs.all.enumerated().filter { $0.element.wasSent }.map {
      (id: Int64($0.offset + 1), start: jobs.start(of: $0.element))
    }
    let row = try DemoRow("trk_events", in: staging)
    for id in 1...options.events {
      if id % DemoEvents.rowsPerNote == 0 { progress("production: \(id) of \(options.events) tracking events") }
      let job = sent[generator.below(sent.count)]
      let person = generator.below(options.subscribers) + 1
      let isClick = id % 5 == 0
      row.integer(id)
      row.integer(Int(job.id))
      if isClick {
        row.integer(Int(DemoJobs.firstURL(ofJob: job.id)) + generator.below(DemoJobs.urlsPerJob - 1))
      } else {
        row.null()
      }
      // Some events have lost their recipient: those that were made anonymous.
      if id % 29 == 7 {
        row.null()
        row.null()
      } else {
        row.integer(person)
        people.appendEmail(person, to: row)
        row.endText()
      }
      row.text(isClick ? "click" : id % 50 == 1 ? "bounce" : id % 50 == 2 ? "opt-out" : "open")
      moment(after: job.start, &generator, row)
      address(id, &generator, row)
      row.text(DemoEvents.userAgents[generator.below(DemoEvents.userAgents.count)])
      try row.insert()
    }
    try row.finish()
  }

  private func moment(after start: Int64, _ generator: inout SeededGenerator, _ row: DemoRow) {
    let window = min(DemoEvents.longest, Int(options.now - start))
    let part = generator.below(window + 1)
    row.moment(start + Int64(window == 0 ? 0 : part * part / window))
  }

  /// An address of the ranges that are kept for examples (RFC 5737, RFC 3849).
  private func address(_ id: Int, _ generator: inout SeededGenerator, _ row: DemoRow) {
    switch id % 8 {
    case 0: return row.null()
    case 1:
      row.append("2001:db8::")
      row.append(generator.below(9999) + 1)
    default:
      row.append("198.51.100.")
      row.append(generator.below(256))
    }
    row.endText()
  }

  private static let userAgents: [StaticString] = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X)",
    "Outlook-iOS/2.0", "", "ExampleMail/3.1 (Größe; 日本語)",
  ]
}
