@testable import AdminCore
@testable import Administration
@testable import Archive
@testable import Database
@testable import Installation
@testable import Platform
@testable import Runs
@testable import TestBed

/// Tables with every type and its edge values, as statements of each engine.
enum TypeTables {
  /// Text that is hard to carry.
  static let hardTexts = ["", " ", "a\tb\nc\rd\\e", "'\"`;--", "𝄞 😀 né", "NULL", "\\N", "\\", "0", "1e5", "NaN"]

  private static func hex(_ text: String) -> String { Digest.hex(Array(text.utf8)) }

  private static let mariadbTexts = hardTexts.enumerated().map { index, text in
    let value = "_utf8mb4 X'\(hex(text))'"
    let bytes = index == 0 ? "''" : "X'00FFFE80C3285C090A'"
    let large = index == 1 ? "18446744073709551615" : String(index)
    return
      "INSERT INTO lui_texts VALUES (\(index), \(value), \(value), 'é', \(value), CONCAT(\(value), \(index)), X'00FF09',"
      + " \(bytes), X'\(index == 0 ? "" : "F09F98")', b'\(index % 2)', \(large), \(index % 4 + 1), \(index % 8),"
      + " '{\"a\": [1.50, null]}', '00112233-4455-6677-8899-aabbccddeeff', '::1');"
  }.joined(separator: "\n")

  private static let sqliteTexts = hardTexts.enumerated().map { index, text in
    let value = "CAST(X'\(hex(text))' AS TEXT)"
    return "INSERT INTO lui_texts VALUES (\(index), \(value), \(value), X'00FFFE80C3285C090A');"
  }.joined(separator: "\n")

  /// 300 columns.
  static let wide: String = {
    let columns = (0..<300).map { $0 % 2 == 0 ? "c\($0) VARCHAR(40)" : "c\($0) INTEGER" }.joined(separator: ", ")
    let values = (0..<300).map { $0 % 2 == 0 ? "'v\($0)'" : String($0) }.joined(separator: ", ")
    return "CREATE TABLE lui_wide (\(columns));\nINSERT INTO lui_wide VALUES (\(values));"
  }()

  static let mariadb = #"""
    SET SESSION sql_mode='STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO', time_zone='+00:00',
      innodb_strict_mode=0;
    CREATE TABLE lui_numbers (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, i8 TINYINT, u8 TINYINT UNSIGNED, i16 SMALLINT,
      u16 SMALLINT UNSIGNED, i24 MEDIUMINT, u24 MEDIUMINT UNSIGNED, i32 INT, u32 INT UNSIGNED, i64 BIGINT,
      u64 BIGINT UNSIGNED, z INT(8) UNSIGNED ZEROFILL, y YEAR, flag BOOLEAN DEFAULT TRUE, d DECIMAL(10,2) DEFAULT 1.50,
      wide DECIMAL(65,30), whole DECIMAL(65,0), small DECIMAL(15,15), f FLOAT, r DOUBLE) AUTO_INCREMENT=1000;
    INSERT INTO lui_numbers VALUES (1,-128,0,-32768,0,-8388608,0,-2147483648,0,-9223372036854775808,0,0,0,0,-99999999.99,
      -99999999999999999999999999999999999.999999999999999999999999999999,
      -99999999999999999999999999999999999999999999999999999999999999999, -0.999999999999999, -3.402823466e38,
      -1.7976931348623157e308),
     (2,127,255,32767,65535,8388607,16777215,2147483647,4294967295,9223372036854775807,18446744073709551615,99999999,2155,
      1,99999999.99,99999999999999999999999999999999999.999999999999999999999999999999,
      99999999999999999999999999999999999999999999999999999999999999999,0.999999999999999,3.402823466e38,
      1.7976931348623157e308),
     (3,0,1,-1,1,1,1,7,7,7,9223372036854775808,42,1901,127,0.10,0.1,10,0.1,0.1,0.1),
     (-4,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL),
     (5,1,1,1,1,1,1,1,1,1,1,1,2000,0,-0.00,0.000000000000000000000000000001,0,0.000000000000001,1.17549435e-38,5e-324),
     (6,1,1,1,1,1,1,1,1,1,1,1,2000,0,100,1e20,1e64,0,16777217,123456789012345680000);
    CREATE TABLE lui_texts (id INT PRIMARY KEY, c CHAR(20), v VARCHAR(200) COLLATE utf8mb4_unicode_ci NOT NULL DEFAULT 'it''s',
      latin VARCHAR(20) CHARACTER SET latin1, t TEXT, l LONGTEXT, bin BINARY(8), vb VARBINARY(300), blb LONGBLOB, b1 BIT(1),
      b64 BIT(64) DEFAULT b'101', e ENUM('a','b c','it''s','ü,\\') DEFAULT 'it''s', s SET('x','y','z'), j JSON, u UUID,
      ip INET6, KEY part (t(10)), UNIQUE KEY long_unique (l), FULLTEXT KEY words (v));
    \#(mariadbTexts)
    INSERT INTO lui_texts (id, v, c, latin, t, l, bin, vb, blb, b1, b64, e, s, j, u, ip) VALUES
      (100,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL),
      (101,'x',NULL,NULL,CONCAT('a', CHAR(0), 'b'),'z',NULL,NULL,NULL,NULL,NULL,'a','','1.50',NULL,NULL);
    CREATE TABLE lui_moments (id INT PRIMARY KEY, d DATE, t TIME, t6 TIME(6), dt DATETIME NULL DEFAULT CURRENT_TIMESTAMP
      ON UPDATE CURRENT_TIMESTAMP, dt6 DATETIME(6), ts TIMESTAMP NULL, ts6 TIMESTAMP(6) NULL);
    INSERT INTO lui_moments VALUES (1,'0000-00-00','00:00:00','00:00:00','0000-00-00 00:00:00','0000-00-00 00:00:00','0000-00-00 00:00:00','1970-01-01 00:00:01'),
      (2,'9999-12-31','838:59:59','-838:59:59.999999','9999-12-31 23:59:59','9999-12-31 23:59:59.999999','2038-01-19 03:14:07','2038-01-19 03:14:07.999999'),
      (3,'2026-00-00','-00:00:01','12:00:00.5','2026-11-25 00:00:00','2026-11-25 00:00:00.120000','2026-11-25 01:02:03','2026-11-25 01:02:03.000001'),
      (4,'2024-02-31',NULL,NULL,NULL,NULL,NULL,NULL),(5,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
    CREATE TABLE `lui_select from "where" ``x``` (`order` INT, `a b` INT, `q"q` VARCHAR(10), `t``t` VARCHAR(10), `ü'` INT,
      PRIMARY KEY (`order`, `a b`), UNIQUE KEY `k "1"` (`q"q`));
    INSERT INTO `lui_select from "where" ``x``` VALUES (1,2,'a','b',3),(1,1,'b',NULL,NULL);
    CREATE TABLE lui_child (id INT PRIMARY KEY, o INT, ab INT, n BIGINT, FOREIGN KEY (o, ab)
      REFERENCES `lui_select from "where" ``x``` (`order`, `a b`) ON DELETE CASCADE ON UPDATE SET NULL,
      FOREIGN KEY (n) REFERENCES lui_numbers (id));
    INSERT INTO lui_child VALUES (1,1,2,3),(2,NULL,NULL,NULL);
    CREATE TABLE lui_empty (id INT PRIMARY KEY, t TEXT);
    CREATE TABLE lui_keyless (a INT, b VARCHAR(10));
    INSERT INTO lui_keyless VALUES (2,'x'),(1,'y'),(2,'x'),(NULL,NULL);
    \#(wide)
    CREATE TABLE trk_large (id INT PRIMARY KEY, t LONGTEXT, b LONGBLOB);
    INSERT INTO trk_large VALUES (1, REPEAT('a\tß\\', 16777216 DIV 5), NULL), (2, NULL, REPEAT(X'00FF5C0A', 4194304)), (3, 'small', X'');
    """#

  static let sqlite = #"""
    CREATE TABLE lui_numbers (id INTEGER PRIMARY KEY AUTOINCREMENT, i INTEGER, r REAL, d DECIMAL(12,2), flag BOOLEAN);
    INSERT INTO lui_numbers VALUES (1,-9223372036854775808,-1.7976931348623157e308,-9999999999.99,0),
      (2,9223372036854775807,1.7976931348623157e308,9999999999.99,1),(3,0,5e-324,0.1,NULL),(-4,NULL,NULL,NULL,NULL),
      (5,1,-0.0,100,1),(6,1,1e16,0.01,0);
    UPDATE sqlite_sequence SET seq=999 WHERE name='lui_numbers';
    CREATE TABLE lui_texts (id INTEGER PRIMARY KEY, v VARCHAR(200) COLLATE NOCASE NOT NULL DEFAULT 'it''s', t TEXT, b BLOB);
    \#(sqliteTexts)
    INSERT INTO lui_texts VALUES (100,'',NULL,NULL),(101,'x',CAST(X'610062' AS TEXT),X'');
    CREATE TABLE lui_moments (id INTEGER PRIMARY KEY, d DATE, dt TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
    INSERT INTO lui_moments VALUES (1,'9999-12-31','2026-11-25 00:00:00'),(2,NULL,'2026-11-25 00:00:00.123456');
    CREATE TABLE "lui_select from ""where"" `x`" ("order" INTEGER NOT NULL, "a b" INTEGER NOT NULL, "q""q" VARCHAR(10), "ü'" INTEGER,
      PRIMARY KEY ("order", "a b"));
    CREATE UNIQUE INDEX "k ""1""" ON "lui_select from ""where"" `x`" ("q""q");
    INSERT INTO "lui_select from ""where"" `x`" VALUES (1,2,'a',3),(1,1,'b',NULL);
    CREATE TABLE lui_child (id INTEGER PRIMARY KEY, o INTEGER, ab INTEGER, FOREIGN KEY (o, ab)
      REFERENCES "lui_select from ""where"" `x`" ("order", "a b") ON DELETE CASCADE ON UPDATE SET NULL);
    INSERT INTO lui_child VALUES (1,1,2),(2,NULL,NULL);
    CREATE TABLE lui_empty (id INTEGER PRIMARY KEY, t TEXT);
    CREATE TABLE lui_keyless (a INTEGER, b VARCHAR(10));
    INSERT INTO lui_keyless VALUES (2,'x'),(1,'y'),(2,'x'),(NULL,NULL);
    \#(wide)
    CREATE TABLE trk_large (id INTEGER PRIMARY KEY, t TEXT, b BLOB);
    INSERT INTO trk_large VALUES (1, replace(hex(zeroblob(2796203)), '00', 'a' || char(9) || 'ß\'), NULL),
      (2, NULL, zeroblob(16777216)), (3, 'small', X'');
    """#
}
