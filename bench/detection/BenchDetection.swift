import DetectionCorpus
import Foundation

/// Prints a line for each value and file of the corpus: its ID, and why the program stops there, with tabs between.
///
/// usage: BenchDetection
@main
enum BenchDetection {
  static func main() throws {
    let corpus = try DetectionCorpus()
    for entry in corpus.values + corpus.files { print(([entry.id] + entry.reasons).joined(separator: "\t")) }
  }
}
