import Testing

@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// Marks that combine with the character before them, also when that is the slash of a path.
@Suite struct ByteNameTests {
  private static let marks = ["\u{301}", "\u{200D}", "\u{FE0F}", "\u{1F3FD}"]

  @Test(arguments: marks) func aNameThatBeginsWithAMarkIsANameInItsFolder(mark: String) {
    let path = "/folder/\(mark)name"
    #expect(FileSystem.folder(of: path) == "/folder")
    #expect(FileSystem.name(of: path).utf8.elementsEqual("\(mark)name".utf8))
    #expect(FileSystem.absolute("/a/../\(mark)b").utf8.elementsEqual("/\(mark)b".utf8))
    #expect("data/\(mark)x".hasBytePrefix("data/"))
    #expect(!"data".hasBytePrefix("data/"))
    #expect("lui_\u{600}.schema.json".hasByteSuffix(".schema.json"))
  }

  @Test func aNameMayBeAsDeepAsTheDeepestFolderOfABackupAndNotEndlessly() {
    #expect(ZipName.fault("data/" + String(repeating: "d/", count: 201) + "file") == nil)
    #expect(ZipName.fault("data/" + String(repeating: "d/", count: 3000) + "file")?.contains("parts") == true)
  }
}
