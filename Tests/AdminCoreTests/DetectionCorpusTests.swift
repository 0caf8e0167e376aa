import DetectionCorpus
import Testing

/// What the detection is worth, on values and files that were labelled by what they are.
@Suite struct DetectionCorpusTests {
  let corpus: DetectionCorpus

  init() throws { corpus = try DetectionCorpus() }

  @Test func theCorpusIsLargeAndEachEntryIsItsOwn() {
    let all = corpus.values + corpus.files
    #expect(Set(all.map(\.id)).count == all.count)
    for label in [DetectionCorpus.Label.dangerous, .harmless] {
      #expect(corpus.values.filter { $0.label == label }.count >= 400)
      #expect(corpus.files.filter { $0.label == label }.count >= 15)
    }
    for entry in all {
      #expect(!entry.bytes.isEmpty, "\(entry.id) holds nothing")
      #expect((entry.kind != nil) == (entry.label == .dangerous), "\(entry.id): kind and label do not agree")
    }
  }

  @Test func atLeast99OfAHundredDangersAreSeen() {
    let dangerous = (corpus.values + corpus.files).filter { $0.label == .dangerous }
    let missed = dangerous.filter(\.reasons.isEmpty).map(\.id)
    #expect(missed.count * 100 <= dangerous.count, "\(missed)")
  }

  @Test func atMostOneOfAHundredHarmlessThingsIsStopped() {
    let harmless = (corpus.values + corpus.files).filter { $0.label == .harmless }
    let stopped = harmless.filter { !$0.reasons.isEmpty }.map { "\($0.id): \($0.reasons)" }
    #expect(stopped.count * 100 <= harmless.count, "\(stopped)")
  }
}
