/// The name of a database engine, as archives and messages spell it. Each engine's folder declares its own.
public struct EngineName: RawRepresentable, Hashable, Codable, Sendable {
  /// Lower case letters, such as `sqlite`.
  public let rawValue: String

  /// Any name; an archive's is held against the known engines when its tables are read.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// SQLite, embedded: the engine of a schema that names none.
  public static let sqlite = EngineName(rawValue: "sqlite")
}
