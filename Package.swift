// swift-tools-version: 6.1
import PackageDescription

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// The floors of AdminCore from bottom to top, each with its folders; they lie side by side in Sources/AdminCore, so that a
/// reader finds the whole engine in one place, and each imports only from below.
let floors: [(name: String, folders: [String], libraries: [Target.Dependency])] = [
  ("Platform", ["Platform"], ["CLinux", "CIdn2"]),
  ("Archive", ["Archive"], ["CZlib", "CLibdeflate", crypto]),
  ("Database", ["Database"], ["CSQLite", "CMariaDB", "CPostgres", crypto]),
  ("Detection", ["TestBed/Detection"], ["CPsl"]),
  ("Installation", ["Installation"], [crypto, cryptoExtras]),
  ("TestBed", ["TestBed"], [crypto, yams]),
  ("Administration", ["Access", "Operations", "PostRestore", "Setup"], [crypto, cryptoExtras]),
  ("Runs", ["Backup", "Restore", "Remote"], []),
  ("AdminCore", ["Actions"], []),
]
let floorTargets = floors.enumerated().map { index, floor in
  let target = Target.target(
    name: floor.name, dependencies: floors[..<index].map { .init(stringLiteral: $0.name) } + floor.libraries,
    path: "Sources/AdminCore", exclude: floors.flatMap(\.folders).filter { !floor.folders.contains($0) },
    sources: floor.folders)
  // A floor inside another one's folder is excluded there; its own root is its folder.
  if let folder = floor.folders.first, folder.contains("/") {
    (target.path, target.exclude, target.sources) = ("Sources/AdminCore/\(folder)", [], nil)
  }
  return target
}

let package = Package(
  name: "hubtui",
  products: [
    .executable(name: "hubtui", targets: ["HubTUI"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: floorTargets + [
    .systemLibrary(name: "CNcurses"),
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "CZlib"),
    .systemLibrary(name: "CIdn2"),
    .systemLibrary(name: "CPsl"),
    .systemLibrary(name: "CLibdeflate"),
    .systemLibrary(name: "CSQLite"),
    .systemLibrary(name: "CMariaDB"),
    .systemLibrary(name: "CPostgres"),
    .target(name: "TUIKitLite", dependencies: ["CNcurses"]),
    .executableTarget(
      name: "HubTUI",
      dependencies: [
        "AdminCore", "TUIKitLite",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]
    ),
    // What the tests of both terminal layers share; no test itself.
    .target(name: "FrameFiles", dependencies: ["TUIKitLite"], path: "Tests/FrameFiles"),
    .testTarget(name: "TUIKitLiteTests", dependencies: ["TUIKitLite", "FrameFiles"], exclude: ["Frames"]),
    // A real PostgreSQL server for the tests of the engine and of the whole program; no test itself.
    .target(name: "DatabaseServers", path: "Tests/DatabaseServers"),
    // What the detection is tried on, for its tests and for bench/run; no test itself.
    .target(
      name: "DetectionCorpus", dependencies: ["Installation"], path: "Tests/DetectionCorpus", exclude: ["corpus"]),
    .testTarget(
      name: "AdminCoreTests", dependencies: ["AdminCore", "CZlib", "DatabaseServers", "DetectionCorpus"]),
    .testTarget(
      name: "HubTUITests", dependencies: ["HubTUI", "TUIKitLite", "AdminCore", "FrameFiles"], exclude: ["Frames"]),
    .testTarget(name: "EndToEnd", dependencies: ["AdminCore", "HubTUI", "DatabaseServers"]),
  ],
  swiftLanguageModes: [.v6]
)

// The fuzz targets need libFuzzer's main and every file instrumented, so they exist only for scripts/torture.
if Context.environment["HUBTUI_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "Fuzz", dependencies: ["AdminCore", "TUIKitLite", "CSQLite"], path: "torture/fuzz",
      swiftSettings: [.unsafeFlags(["-parse-as-library"])]))
}

// Neither the leak audit nor the detection is a command, and a release build is closed: these exist only for bench/run.
if Context.environment["HUBTUI_BENCH"] != nil {
  package.targets += [
    .executableTarget(name: "BenchAudit", dependencies: ["AdminCore"], path: "bench/audit"),
    .executableTarget(name: "BenchDetection", dependencies: ["DetectionCorpus"], path: "bench/detection"),
  ]
}
