import Archive
import Platform

/// What reading the audit log back from its first line to its last found.
public struct AuditVerification: Sendable, Equatable {
  /// The first thing that is wrong.
  public struct Problem: Sendable, Equatable {
    /// The line it is about, from 1.
    public let line: Int
    /// What is wrong with it, such as `line 3 was changed`.
    public let what: String
  }

  /// Lines in all.
  public private(set) var lines = 0
  /// Lines of an earlier version before the chain begins; 0 for a log that was chained from its first line.
  public private(set) var earlierLines = 0
  /// SHA-256 of the last line; zeros for an empty log.
  public private(set) var head = AuditLine.genesis
  /// What an operator should know although nothing is wrong.
  public private(set) var notes: [String] = []
  /// Nil when nothing is wrong.
  public private(set) var problem: Problem?

  private var links: [Link] = []

  /// What the chain needs of a line.
  private struct Link: Equatable {
    var digest: String
    var previous: String?
    var number: Int?
    var event: AuditLine.Event?
    var result = ""
    var isReadable = true
  }

  /// Reads the log back.
  ///
  /// - Parameter known: a digest that an earlier verification told as the log's head; some line must still have it.
  /// - Throws: `AdminError` when it cannot be read; what is wrong with it is in `problem`.
  public init(_ log: AuditLog, known: String? = nil) throws {
    guard let file = try log.open() else {
      if let head = try AuditHead.read(log.headPath), head.lines > 0 {
        problem = Problem(line: 1, what: "the log is missing; its head names \(head.lines) lines")
      } else if known != nil {
        problem = Problem(line: 1, what: "the log is missing")
      }
      return
    }
    var torn = false
    var hasher = SHA256Hasher()
    var earlier: (said: String?, found: String)?
    try AuditLine.forEach(in: file) { bytes, isWhole in
      guard isWhole else { return torn = true }
      let line = AuditLine(bytes)
      if line?.event == .chain { earlier = (line?.earlier, Digest.hex(hasher.digest())) }
      if earlier == nil { (bytes + [0x0A]).withUnsafeBytes { hasher.update($0) } }
      links.append(
        Link(
          digest: Digest.hex(Digest.sha256(bytes)), previous: line?.previous, number: line?.number, event: line?.event,
          result: line?.result ?? "", isReadable: line != nil))
    }
    lines = links.count
    head = links.last?.digest ?? AuditLine.genesis
    earlierLines = links.firstIndex { $0.previous != nil } ?? links.count
    let tornProblem = tornProblem(torn)
    let headProblem = try headProblem(log)
    var knownProblem: Problem?
    if let known, !links.contains(where: { $0.digest == known.lowercased() }) {
      knownProblem = Problem(
        line: 1, what: "no line has the digest \(known): the log was written anew, or is another one")
    }
    problem = chainProblem(earlier) ?? tornProblem ?? headProblem ?? knownProblem
    links = []
  }

  // MARK: - The chain

  private func chainProblem(_ earlier: (said: String?, found: String)?) -> Problem? {
    guard earlierLines < links.count else { return nil }
    if let problem = startProblem(earlier) { return problem }
    for index in (earlierLines + 1)..<max(earlierLines + 1, links.count) {
      if let problem = problem(at: index) { return problem }
    }
    return nil
  }

  private func startProblem(_ earlier: (said: String?, found: String)?) -> Problem? {
    let first = links[earlierLines]
    let line = earlierLines + 1
    guard earlierLines > 0 else {
      if first.number == 1, first.previous == AuditLine.genesis { return lostProblem(at: 0) }
      if let number = first.number, number > 1 {
        return Problem(line: 1, what: "lines 1 to \(number - 1) were removed, or line 1 is out of order")
      }
      return Problem(line: 1, what: "line 1 was changed")
    }
    // The very first line may have been torn by a power failure.
    if earlierLines == 1, first.event == .torn, first.number == 2, first.previous == links[0].digest { return nil }
    guard first.event == .chain, first.number == line else {
      return Problem(line: 1, what: "lines 1 to \(earlierLines) were inserted or changed: no chain begins after them")
    }
    guard first.previous == links[earlierLines - 1].digest, earlier?.said == earlier?.found else {
      return Problem(line: earlierLines, what: "one of the lines 1 to \(earlierLines), before the chain, was changed")
    }
    return nil
  }

  /// What is wrong with the line at `index`, from 0, or between it and the one before.
  private func problem(at index: Int) -> Problem? {
    let link = links[index]
    let line = index + 1
    let before = links[index - 1].digest
    let next = index + 1 < links.count ? links[index + 1] : nil
    guard link.isReadable else {
      // The line after it may say that it was torn; then it is known.
      if next?.event == .torn, next?.previous == link.digest { return nil }
      return Problem(line: line, what: "line \(line) is damaged")
    }
    if link.previous == before, link.number == line { return lostProblem(at: index) }
    if let number = link.number, number > line, links[index...].contains(where: { $0.digest == link.previous }) {
      return Problem(line: line, what: "line \(line) is out of order: it was line \(number)")
    }
    if next?.previous == before { return Problem(line: line, what: "line \(line) was inserted") }
    guard let previous = link.previous, let number = link.number else {
      return Problem(line: line, what: "line \(line) was inserted or changed: it has no digest")
    }
    if let other = links[..<(index - 1)].firstIndex(where: { $0.digest == previous }), number == other + 2 {
      return Problem(line: number, what: "line \(number) was inserted")
    }
    if number > line, next?.previous == link.digest || next == nil || links.contains(where: { $0.number == line }) {
      return links[index...].contains { $0.number == line }
        ? Problem(line: line, what: "line \(line) is out of order: it was line \(number)")
        : Problem(
          line: line,
          what: number == line + 1 ? "line \(line) was removed" : "lines \(line) to \(number - 1) were removed")
    }
    if number < line { return Problem(line: line, what: "line \(line) is out of order: it was line \(number)") }
    // The digest that the next line has of this one tells which of the two was changed.
    let isVouched = next.map { $0.previous == link.digest } ?? true
    let changed = number == line && isVouched ? line - 1 : line
    return Problem(line: changed, what: "line \(changed) was changed")
  }

  private func lostProblem(at index: Int) -> Problem? {
    guard links[index].event == .lost else { return nil }
    let what = "line \(index + 1) tells that the log was not as it was left: \(links[index].result)"
    return Problem(line: index + 1, what: what)
  }

  // MARK: - The end

  private mutating func tornProblem(_ isTorn: Bool) -> Problem? {
    for (index, link) in links.enumerated() where link.event == .torn {
      notes.append("line \(index) is torn, as a power failure leaves it; the chain goes on behind it")
    }
    return isTorn ? Problem(line: lines + 1, what: "line \(lines + 1) is torn; the next entry closes it") : nil
  }

  private mutating func headProblem(_ log: AuditLog) throws -> Problem? {
    if earlierLines > 0 {
      notes.append(
        earlierLines == lines
          ? "all lines are of an earlier version, which wrote no digests; the chain begins with the next entry"
          : "lines 1 to \(earlierLines) are of an earlier version; they are as they were when the chain began")
    }
    let known: AuditHead?
    do { known = try AuditHead.read(log.headPath) } catch let error as AdminError where error.code == .dataError {
      return Problem(line: lines, what: error.what)
    }
    guard let known else {
      return earlierLines == lines
        ? nil
        : Problem(line: lines, what: "the head file is missing, so nobody can tell whether lines follow line \(lines)")
    }
    if known.lines > lines {
      let range = known.lines == lines + 1 ? "line \(known.lines) was" : "lines \(lines + 1) to \(known.lines) were"
      return Problem(line: lines + 1, what: "\(range) removed from the end")
    }
    let digest = known.lines == 0 ? AuditLine.genesis : links[known.lines - 1].digest
    guard digest == known.sha256 else {
      return Problem(line: max(1, known.lines), what: "line \(known.lines) was changed")
    }
    if known.lines < lines { notes.append("\(lines - known.lines) lines follow the head: their writer was stopped") }
    return nil
  }
}
