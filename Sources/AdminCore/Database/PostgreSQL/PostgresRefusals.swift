/// What PostgreSQL has and a backup cannot say, as one question to the server's catalogue.
enum PostgresRefusals {
  /// A query whose rows name such things of the component tables.
  ///
  /// - Parameters:
  ///   - schema: the schema, as an expression.
  ///   - isComponents: whether the table `c` is a component's, as an expression.
  package static func query(_ schema: String, _ isComponents: String) -> String {
    let ours = "c.relnamespace = \(schema) AND \(isComponents)"
    return questions.map { $0.replacing("OURS", with: ours) }.joined(separator: "\nUNION ALL ") + "\nORDER BY 1"
  }

  // Newer servers have columns that older ones do not know: to_jsonb finds them or gives NULL.
  private static let questions = [
    """
    SELECT CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' WHEN 'f' THEN 'foreign table '
    ELSE 'partitions of table ' END || c.relname FROM pg_class c WHERE OURS AND c.relkind IN ('v', 'm', 'f', 'p')
    """,
    """
    SELECT 'sequence ' || c.relname || ', which belongs to no column' FROM pg_class c WHERE OURS AND c.relkind = 'S'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
    AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i'))
    """,
    """
    SELECT CASE WHEN c.relpersistence <> 'p' THEN 'unlogged table ' WHEN c.reloftype <> 0 THEN 'composite type of table '
    WHEN m.amname <> 'heap' THEN 'storage ' || m.amname || ' of table '
    WHEN c.relrowsecurity OR c.relforcerowsecurity THEN 'row security of table ' ELSE 'inheritance of table ' END
    || c.relname FROM pg_class c LEFT JOIN pg_am m ON m.oid = c.relam WHERE OURS AND c.relkind = 'r'
    AND (c.relpersistence <> 'p' OR c.reloftype <> 0 OR m.amname <> 'heap' OR c.relrowsecurity OR c.relforcerowsecurity
    OR EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = c.oid OR h.inhparent = c.oid))
    """,
    """
    SELECT 'trigger ' || t.tgname || ' of table ' || c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE OURS AND NOT t.tgisinternal
    """,
    """
    SELECT 'rule ' || r.rulename || ' of table ' || c.relname FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
    WHERE OURS AND c.relkind = 'r'
    """,
    """
    SELECT 'row security policy ' || p.polname || ' of table ' || c.relname FROM pg_policy p
    JOIN pg_class c ON c.oid = p.polrelid WHERE OURS
    """,
    """
    SELECT 'statistics ' || s.stxname || ' of table ' || c.relname FROM pg_statistic_ext s
    JOIN pg_class c ON c.oid = s.stxrelid WHERE OURS
    """,
    """
    SELECT 'generated column ' || c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE OURS AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated <> ''
    """,
    """
    SELECT CASE WHEN o.contype = 'c' THEN 'check ' WHEN o.contype = 'x' THEN 'exclusion constraint '
    WHEN o.contype = 't' THEN 'constraint trigger ' WHEN o.condeferrable THEN 'deferrable key '
    WHEN to_jsonb(o) ->> 'conperiod' = 'true' THEN 'temporal key '
    WHEN NOT o.convalidated OR to_jsonb(o) ->> 'conenforced' = 'false' THEN 'unchecked foreign key '
    WHEN o.confmatchtype = 'f' THEN 'foreign key with MATCH FULL ' ELSE 'foreign key with a list of columns to unset ' END
    || o.conname || ' of table ' || c.relname FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
    WHERE OURS AND (o.contype IN ('c', 'x', 't') OR o.contype IN ('p', 'u', 'f') AND (o.condeferrable
    OR NOT o.convalidated OR o.confmatchtype = 'f' OR to_jsonb(o) ->> 'conperiod' = 'true'
    OR to_jsonb(o) ->> 'conenforced' = 'false' OR to_jsonb(o) ->> 'confdelsetcols' IS NOT NULL))
    """,
    """
    SELECT 'foreign key ' || o.conname || ' of table ' || c.relname || ', which leads to another schema or to a table of no component'
    FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid WHERE o.contype = 'f' AND OURS AND NOT EXISTS
    (SELECT FROM pg_class f WHERE f.oid = o.confrelid AND f.relnamespace = c.relnamespace AND f.relkind = 'r' AND
    \(PostgresSchemaReader.isComponents("f.relname")))
    """,
    """
    SELECT CASE WHEN x.indpred IS NOT NULL THEN 'partial index ' WHEN x.indexprs IS NOT NULL THEN 'expression in index '
    WHEN x.indnatts <> x.indnkeyatts THEN 'included columns of index ' WHEN NOT x.indisvalid THEN 'unfinished index '
    WHEN to_jsonb(x) ->> 'indnullsnotdistinct' = 'true' THEN 'equal NULLs of index '
    WHEN m.amname NOT IN ('btree', 'hash', 'gin', 'gist', 'brin', 'spgist') THEN m.amname || ' index '
    WHEN x.indoption::text !~ '^[03]( [03])*$' THEN 'order of NULLs of index ' ELSE 'operator class of index ' END
    || i.relname || ' of table ' || c.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
    JOIN pg_class c ON c.oid = x.indrelid JOIN pg_am m ON m.oid = i.relam WHERE OURS AND c.relkind = 'r'
    AND (x.indpred IS NOT NULL OR x.indexprs IS NOT NULL OR x.indnatts <> x.indnkeyatts OR NOT x.indisvalid
    OR to_jsonb(x) ->> 'indnullsnotdistinct' = 'true' OR x.indoption::text !~ '^[03]( [03])*$'
    OR m.amname NOT IN ('btree', 'hash', 'gin', 'gist', 'brin', 'spgist')
    OR EXISTS (SELECT FROM unnest(x.indclass) k JOIN pg_opclass p ON p.oid = k WHERE NOT p.opcdefault
    OR p.opcnamespace <> 'pg_catalog'::regnamespace))
    """,
    """
    SELECT 'collation of index ' || i.relname || ' of table ' || c.relname FROM pg_index x
    JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
    JOIN pg_collation l ON l.oid = ANY (x.indcollation::oid[]) WHERE OURS AND c.relkind = 'r'
    AND l.collnamespace <> 'pg_catalog'::regnamespace
    """,
  ]
}
