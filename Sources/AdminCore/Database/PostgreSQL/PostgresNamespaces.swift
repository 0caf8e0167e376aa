import Platform

/// The exchange of a restore's tables on the server: ALTER TABLE … SET SCHEMA for all of them in one transaction. Indexes
/// and the sequences of columns go with their table; enumerations are moved beside them.
final class PostgresNamespaces: NamespaceServer {
  private let connection: PostgresConnection

  init(_ address: ServerAddress) throws {
    connection = try PostgresConnection(address, namespace: address.namespace)
  }

  /// Also rehearses the exchange and takes it back: a missing right, a name that is taken or a lock shows while the
  /// former state still holds.
  package func mark(_ exchange: TableExchange) throws {
    try refuseDependents(of: exchange.live)
    try carryRights(exchange)
    try connection.run(
      "CREATE TABLE IF NOT EXISTS \(quoted(exchange.staged)).\(quoted(TableExchange.marker)) (id integer PRIMARY KEY)")
    try connection.run("BEGIN")
    // What was tried is undone whether it went well or not: after an error by the end of this connection.
    try move(exchange)
    try connection.run("ROLLBACK")
  }

  package func isMarked(_ exchange: TableExchange) throws -> Bool {
    try tables(in: exchange.staged).contains(TableExchange.marker)
  }

  package func perform(_ exchange: TableExchange) throws {
    try connection.transaction {
      // A killed program's own exchange may still be under way in the server; its end decides what is left to do.
      _ = try connection.texts("SELECT pg_advisory_xact_lock(hashtextextended(\(literal(exchange.staged)), 0))")
      guard try tables(in: exchange.staged).contains(TableExchange.marker) else {
        return try drop(exchange.staged)
      }
      try move(exchange)
    }
  }

  package func removeNamespace(_ name: String) throws { try connection.transaction { try drop(name) } }

  /// Fails when something outside of the component tables hangs on them. It would stay with the former ones: a view would
  /// show their rows for ever.
  func refuseDependents(of namespace: String) throws {
    let rows = try connection.texts(
      """
      WITH ours AS (SELECT c.oid, c.reltype FROM pg_class c WHERE c.relnamespace = \(schema(namespace)) AND c.relkind = 'r'
      AND \(PostgresSchemaReader.isComponents("c.relname"))),
      types AS (SELECT t.oid FROM pg_type t WHERE t.oid IN (SELECT reltype FROM ours) OR t.oid IN
      (SELECT a.atttypid FROM pg_attribute a JOIN pg_type e ON e.oid = a.atttypid
      WHERE e.typtype = 'e' AND NOT a.attisdropped AND a.attrelid IN (SELECT oid FROM ours)))
      SELECT DISTINCT pg_describe_object(d.classid, d.objid, d.objsubid) FROM pg_depend d
      WHERE (d.refclassid = 'pg_class'::regclass AND d.refobjid IN (SELECT oid FROM ours)
      OR d.refclassid = 'pg_type'::regclass AND d.refobjid IN
      (SELECT oid FROM types UNION SELECT t.typarray FROM pg_type t WHERE t.oid IN (SELECT oid FROM types)))
      AND (d.deptype = 'n' OR d.classid = 'pg_publication_rel'::regclass)
      AND NOT (d.classid = 'pg_class'::regclass AND d.objid IN (SELECT oid FROM ours))
      AND NOT (d.classid = 'pg_constraint'::regclass AND d.objid IN
      (SELECT o.oid FROM pg_constraint o WHERE o.conrelid IN (SELECT oid FROM ours)))
      AND NOT (d.classid = 'pg_attrdef'::regclass AND d.objid IN
      (SELECT f.oid FROM pg_attrdef f WHERE f.adrelid IN (SELECT oid FROM ours))) ORDER BY 1
      """)
    guard let thing = rows.first?.first.flatMap({ $0 }) else { return }
    throw AdminError(
      .dataError, "a restore cannot exchange the tables below the \(thing)", at: connection.displayName,
      next: "keep its definition, remove it, restore, and make it again")
  }

  // MARK: Steps

  private func move(_ exchange: TableExchange) throws {
    let staged = try tables(in: exchange.staged)
    let stagedTypes = try enumerations(in: exchange.staged)
    let live = try tables(in: exchange.live, onlyComponents: true)
    let liveTypes = try enumerations(in: exchange.live, of: live)
    try connection.run("CREATE SCHEMA IF NOT EXISTS \(quoted(exchange.former))")
    var statements: [String] = []
    func move(_ kind: String, _ names: [String], _ from: String, _ to: String) {
      statements += names.map { "ALTER \(kind) \(quoted(from)).\(quoted($0)) SET SCHEMA \(quoted(to))" }
    }
    move("TABLE", live, exchange.live, exchange.former)
    move("TYPE", liveTypes, exchange.live, exchange.former)
    move("TYPE", stagedTypes, exchange.staged, exchange.live)
    move("TABLE", staged.filter { $0 != TableExchange.marker }, exchange.staged, exchange.live)
    // The former state is one that a roll-back may exchange again.
    move("TABLE", staged.filter { $0 == TableExchange.marker }, exchange.staged, exchange.former)
    for statement in statements { try connection.run(statement) }
    try connection.run("DROP SCHEMA \(quoted(exchange.staged))")
  }

  /// The rights and the owner of every live table that the staged one takes the place of.
  private func carryRights(_ exchange: TableExchange) throws {
    let pairs =
      """
      FROM pg_class l JOIN pg_class s ON s.relname = l.relname AND s.relkind = l.relkind
      AND s.relnamespace = \(schema(exchange.staged)) WHERE l.relnamespace = \(schema(exchange.live)) AND l.relkind IN ('r', 'S')
      """
    let kind = "CASE l.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END"
    let statements = try connection.texts(
      """
      SELECT format('GRANT USAGE, CREATE ON SCHEMA %I TO %I', \(literal(exchange.staged)), pg_get_userbyid(l.relowner))
      \(pairs) AND l.relowner <> s.relowner GROUP BY l.relowner
      UNION ALL SELECT format('GRANT %s ON %s %I.%I TO %s%s', g.privilege_type, \(kind), \(literal(exchange.staged)), s.relname,
      CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END,
      CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
      FROM (SELECT l.relkind, l.relacl, l.relowner, s.relname \(pairs) AND l.relacl IS NOT NULL) s
      CROSS JOIN aclexplode(s.relacl) g CROSS JOIN LATERAL (SELECT s.relkind) l WHERE g.grantee <> s.relowner
      UNION ALL SELECT format('GRANT %s (%I) ON TABLE %I.%I TO %s', g.privilege_type, a.attname, \(literal(exchange.staged)),
      s.relname, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END)
      FROM (SELECT l.oid, s.oid AS staged, s.relname \(pairs)) s JOIN pg_attribute a ON a.attrelid = s.oid
      AND a.attacl IS NOT NULL CROSS JOIN aclexplode(a.attacl) g
      WHERE EXISTS (SELECT FROM pg_attribute b WHERE b.attrelid = s.staged AND b.attname = a.attname)
      UNION ALL SELECT format('ALTER TABLE %I.%I OWNER TO %I', \(literal(exchange.staged)), s.relname,
      pg_get_userbyid(l.relowner)) \(pairs) AND l.relowner <> s.relowner AND l.relkind = 'r'
      """
    ).compactMap { $0[0] }
    try connection.transaction { for statement in statements { try connection.run(statement) } }
  }

  // Never CASCADE: what else hangs on these tables is not ours to remove.
  private func drop(_ name: String) throws {
    guard try !connection.texts("SELECT 1 FROM pg_namespace WHERE nspname = \(literal(name))").isEmpty else { return }
    func dropAll(_ kind: String, _ names: [String]) throws {
      guard !names.isEmpty else { return }
      try connection.run(
        "DROP \(kind) \(names.map { "\(quoted(name)).\(quoted($0))" }.joined(separator: ", "))")
    }
    try dropAll("TABLE", tables(in: name))
    try dropAll("TYPE", enumerations(in: name))
    try connection.run("DROP SCHEMA \(quoted(name))")
  }

  private func tables(in namespace: String, onlyComponents: Bool = false) throws -> [String] {
    try connection.texts(
      """
      SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = \(literal(namespace)) AND c.relkind = 'r'
      \(onlyComponents ? "AND \(PostgresSchemaReader.isComponents("c.relname"))" : "") ORDER BY c.relname
      """
    ).compactMap { $0[0] }
  }

  /// The enumerations of a namespace; with `tables`, those that these tables have columns of.
  private func enumerations(in namespace: String, of tables: [String]? = nil) throws -> [String] {
    let condition = tables.map { names in
      """
      AND t.oid IN (SELECT a.atttypid FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE c.relnamespace = n.oid AND NOT a.attisdropped
      AND c.relname IN (\((names + [TableExchange.marker]).map(literal).joined(separator: ", "))))
      """
    }
    return try connection.texts(
      """
      SELECT t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
      WHERE n.nspname = \(literal(namespace)) AND t.typtype = 'e' \(condition ?? "") ORDER BY t.typname
      """
    ).compactMap { $0[0] }
  }

  private func schema(_ namespace: String) -> String { "\(literal(quoted(namespace)))::regnamespace" }
}
