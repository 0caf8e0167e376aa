import Glibc
import Installation
import Platform

/// The files of the demo production's data folders: of every kind that a backup must carry, or leave out.
struct DemoFiles {
  let seed: UInt64
  package let now: Int64

  private enum Kind {
    case file([UInt8], mode: mode_t)
    case folder
    case link(String)
  }

  package func create(in installation: Installation) throws {
    for component in Component.allCases {
      var generator = SeededGenerator(seed: seed, .files, row: component.defaultPort)
      let top = installation.dataFolder(of: component)
      let things = contents(of: component, &generator)
      for (path, kind) in things { try make(top + "/" + path, kind) }
      // From the inside out: making a thing changes the time of the folder that holds it.
      var paths = things.map(\.path) + folders(above: things.map(\.path))
      paths.sort { ($1.split(separator: "/").count, $1) < ($0.split(separator: "/").count, $0) }
      for path in paths { try setTime(of: top + "/" + path, &generator) }
      try setTime(of: top, &generator)
    }
  }

  private func contents(of component: Component, _ generator: inout SeededGenerator) -> [(path: String, kind: Kind)] {
    func text(_ text: String, mode: mode_t = 0o600) -> Kind { .file(Array(text.utf8), mode: mode) }
    func binary(_ bytes: [UInt8]) -> Kind { .file(bytes, mode: 0o600) }
    let keyStore = ("keystore.p12", binary(generator.keyStore(2048)))
    switch component {
    case .hub:
      return [
        keyStore,
        ("branding/logo.png", binary([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + generator.bytes(6000))),
        ("branding/footer.txt", text("Sent with LISTSERV Maestro\nhttps://news.\(DemoProduction.domain)/imprint\n")),
        ("plugins/colours/readme.txt", text("Colours of the house: 1d3557, e63946.\n", mode: 0o640)),
        ("plugins/disabled", .folder),
      ]
    case .lui:
      return [
        keyStore,
        ("dkim/news.pem", text(generator.privateKey())),
        ("templates/spring/index.html", text("<!doctype html>\n<title>Spring</title>\n<p>Dear &&first_name;,\n")),
        ("templates/spring/images/pixel.gif", binary(Array("GIF89a".utf8) + (0...255).map { UInt8($0) })),
        ("templates/empty.css", binary([])),
        ("templates/current", .link("spring")),
        ("uploads/日本語 – Grüße 👩‍🚀.txt", text("こんにちは\r\nGrüße\n")),
        ("uploads/terms of use.txt", text("No line end at the end", mode: 0o640)),
        ("uploads/none", .folder),
        (
          "uploads/photos.jpg",
          binary([0xFF, 0xD8, 0xFF, 0xE0, 0, 0x10] + Array("JFIF".utf8) + generator.bytes(150_000))
        ),
        (
          "uploads/contacts-2019.sql",
          text(
            """
            -- MariaDB dump 10.19  Distrib 10.5.8-MariaDB, for Linux (x86_64)
            -- Host: old-crm.\(DemoProduction.domain)    Database: crm
            INSERT INTO `contacts` VALUES (1,'Old Customer','customer@\(DemoProduction.domain)');
            -- Dump completed on 2019-03-01  4:00:01

            """)
        ),
      ]
    case .trk:
      return [
        keyStore,
        ("geo/ranges.bin", binary([UInt8](repeating: 0, count: 4096) + generator.bytes(60_000))),
        ("state/counters.txt", text("opens=1204\nclicks=311\n")),
        ("state/latest.txt", .link("counters.txt")),
      ]
    }
  }

  private func make(_ path: String, _ kind: Kind) throws {
    switch kind {
    case .folder: try FileSystem.makeFolder(path)
    case .file(let bytes, let mode):
      try FileSystem.makeFolder(FileSystem.folder(of: path))
      try FileSystem.replace(path, with: bytes, mode: mode)
    case .link(let target):
      try FileSystem.makeFolder(FileSystem.folder(of: path))
      guard symlink(target, path) == 0 else { throw systemError("cannot create link", path, code: .cannotCreate) }
    }
  }

  private func folders(above paths: [String]) -> [String] {
    var folders: Set<String> = []
    for path in paths {
      var folder = FileSystem.folder(of: path)
      while folder != "." {
        folders.insert(folder)
        folder = FileSystem.folder(of: folder)
      }
    }
    return folders.subtracting(paths).sorted()
  }

  private func setTime(of path: String, _ generator: inout SeededGenerator) throws {
    let time = timespec(tv_sec: Int(now) - 60 - generator.below(400 * 86_400), tv_nsec: generator.below(1_000_000_000))
    guard utimensat(AT_FDCWD, path, [time, time], AT_SYMLINK_NOFOLLOW) == 0 else {
      throw systemError("cannot set the time of", path)
    }
  }
}
