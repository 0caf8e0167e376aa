// swift-tools-version: 6.1
import PackageDescription

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// One floor of AdminCore: its folders lie under Sources/AdminCore, so that a reader finds the whole engine in one place.
func floor(_ name: String, folders: [String]? = nil, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, path: "Sources/AdminCore", sources: folders ?? [name])
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
  targets: [
    .systemLibrary(name: "CNcurses"),
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "CZlib"),
    .systemLibrary(name: "CLibdeflate"),
    .systemLibrary(name: "CSQLite"),
    .systemLibrary(name: "CMariaDB"),
    .systemLibrary(name: "CPostgres"),
    .target(name: "TUIKitLite", dependencies: ["CNcurses"]),
    // AdminCore's floors, from bottom to top; each imports only from below.
    floor("Platform", ["CLinux"]),
    floor("Archive", ["Platform", "CZlib", "CLibdeflate", crypto]),
    floor("Database", ["Platform", "Archive", "CSQLite", "CMariaDB", "CPostgres", crypto]),
    floor("Installation", ["Platform", "Archive", "Database", crypto, cryptoExtras]),
    floor("TestBed", ["Platform", "Archive", "Database", "Installation", crypto, yams]),
    floor(
      "Administration", folders: ["Access", "Operations", "PostRestore", "Setup"],
      ["Platform", "Archive", "Database", "Installation", "TestBed", crypto, cryptoExtras]),
    floor(
      "Runs", folders: ["Backup", "Remote", "Restore"],
      ["Platform", "Archive", "Database", "Installation", "TestBed", "Administration"]),
    floor(
      "AdminCore", folders: ["Actions"],
      ["Platform", "Archive", "Database", "Installation", "TestBed", "Administration", "Runs"]),
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
    .testTarget(name: "AdminCoreTests", dependencies: ["AdminCore", "CZlib", "DatabaseServers"]),
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

// The leak audit is no command, and a release build is closed: this program exists only for bench/run.
if Context.environment["HUBTUI_BENCH"] != nil {
  package.targets.append(
    .executableTarget(name: "BenchAudit", dependencies: ["AdminCore"], path: "bench/audit"))
}
