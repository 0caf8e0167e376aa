import Database
import Installation
import Platform

/// Makes the demo production: three components on three loopback addresses, with the system database and a backup folder
/// outside the install folder. It is made under `partial` and speaks of itself as it will be under `root`.
struct DemoProduction {
  package let options: DemoOptions
  let root: String
  package let partial: String

  /// Where production's hosts are: a domain that nobody can own (RFC 2606).
  static let domain = "maestro-prod.example"

  package func create(_ progress: (String) -> Void) throws {
    progress("production: files")
    let installation = Installation(folder: partial + "/production")
    for component in Component.allCases {
      for name in ["logs", "backup", "data"] {
        try FileSystem.makeFolder(installation.home(of: component) + "/" + name)
      }
    }
    try FileSystem.makeFolder(partial + "/share/lui-backup")
    for component in Component.allCases {
      try FileSystem.replace(installation.iniPath(of: component), with: DemoIni(self).ini(of: component).bytes)
    }
    try DemoHomeFiles(options).create(in: installation)
    try DemoFiles(seed: options.seed, now: options.now).create(in: installation)
    try FileSystem.makeFolder(partial + "/production-database")
    try createDatabase(progress)
  }

  /// The system database, once production is where it belongs.
  var databaseURL: String {
    switch options.database {
    case .embedded: "sqlite://\(databaseFolder(root))/maestro.sqlite"
    case .mariadb:
      "mariadb:///\(MariaDBServer.databaseName)?socket=\(MariaDBServer(folder: databaseFolder(root)).socket)"
    }
  }

  /// A backup folder outside the installation, as on a share.
  var shareFolder: String { root + "/share/lui-backup" }

  private func createDatabase(_ progress: (String) -> Void) throws {
    switch options.database {
    case .embedded: try fill(try FileEngine.sqlite.stage(databaseFolder(partial) + "/maestro.sqlite", nil), progress)
    case .mariadb:
      let server = MariaDBServer(folder: databaseFolder(partial))
      try server.initialise(for: databaseFolder(root))
      try server.whileRunning {
        try fill(try server.address.server.stage(server.address, MariaDBServer.databaseName), progress)
        let connection = try MariaDBConnection(server.address, database: nil)
        for component in Component.allCases {
          let ini = try Installation(folder: partial + "/production").ini(of: component)
          let account = "\(literal(ini[DatabaseKey.user] ?? ""))@'localhost'"
          try connection.run("CREATE USER \(account) IDENTIFIED BY \(literal(ini[DatabaseKey.password] ?? ""))")
          try connection.run("GRANT ALL ON \(quoted(MariaDBServer.databaseName + "%")).* TO \(account)")
        }
      }
    }
  }

  private func databaseFolder(_ root: String) -> String { root + "/production-database" }

  /// All rows of the system database, the same in every engine.
  func fill(_ staging: any TableStaging, _ progress: (String) -> Void) throws {
    try Setup.fill(staging) { staging in
      let tables = DemoTables(database: staging.database)
      progress("production: accounts, settings, connections, jobs")
      try DemoHub(production: self, tables: tables).fill()
      try DemoMail(options: options, tables: tables).fill()
      try DemoOverrides(options: options, tables: tables).fill()
      let jobs = DemoJobs(options: options, tables: tables)
      try jobs.fill()
      try DemoSubscribers(options: options, staging: staging).fill(progress)
      try DemoEvents(options: options, staging: staging, jobs: jobs).fill(progress)
      progress("production: indexes")
    }
  }
}

/// Inserts rows of small tables by column names.
struct DemoTables {
  package let database: any SystemDatabase

  package func insert(_ table: String, _ values: KeyValuePairs<String, SQLValue>) throws {
    let names = values.map { quoted($0.key) }.joined(separator: ", ")
    let marks = values.map { _ in "?" }.joined(separator: ", ")
    try database.execute("INSERT INTO \(quoted(table)) (\(names)) VALUES (\(marks))", values.map(\.value))
  }
}

extension SQLValue {
  /// A moment as the system database spells it.
  static func moment(_ seconds: Int64) -> SQLValue { .text(Moment.database(seconds)) }
}
