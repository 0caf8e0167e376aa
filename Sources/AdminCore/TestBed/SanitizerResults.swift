import Foundation
import Installation

/// What one machine's sanitiser found. It holds secrets: it lives in memory and on its way through ssh, never on a disk.
package struct SanitizerResults: Codable {
  package var record = SanitisationRecord()
  package var samples: [ChangeSample] = []
  package var needles = NeedleCollection()
  package var productionHosts = ProductionHostCollection()
  package var findings: [Finding] = []
  package var usedHarmless: [Int] = []
  /// The masked addresses as `MaskedAddresses` gives them; only once they are needed.
  package var maskedAddresses: Data?
}
