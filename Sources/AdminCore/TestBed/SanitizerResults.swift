/// What one machine's sanitiser found. It holds secrets: it lives in memory and on its way through ssh, never on a disk.
struct SanitizerResults: Codable {
  var record = SanitisationRecord()
  var samples: [ChangeSample] = []
  var needles = NeedleCollection()
  var productionHosts: [String] = []
  var findings: [Finding] = []
}
