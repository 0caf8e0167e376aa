import Platform

/// Dumps of databases as SQL text, told by the line with which each program begins them.
enum DatabaseDump {
  private static let word = Array(" dump".utf8)
  private static let lines: [StaticString] = [
    "-- MySQL dump ", "-- MariaDB dump ", "-- PostgreSQL database dump", "-- PostgreSQL database cluster dump",
    "-- mydumper ",
  ]

  /// Whether such a line stands in a text.
  static func isDump(_ bytes: UnsafeRawBufferPointer) -> Bool {
    if isDumpHead(bytes.withoutLeadingSpace) { return true }
    var offset = 0
    while let found = bytes.from(offset).firstOffset(of: word) {
      let line = max(0, offset + found - 32)
      let start = bytes.part(line..<offset + found).lastIndex(of: 0x0A).map { line + $0 + 1 } ?? line
      if lines.contains(where: { bytes.has($0, at: start) }) { return true }
      offset += found + word.count
    }
    return false
  }

  // Those that say it with other words, at the begin of the file only.
  private static func isDumpHead(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let heads: [StaticString] = [
      "-- phpMyAdmin SQL Dump", "-- Adminer ", "-- HeidiSQL", "-- Navicat", "-- Dumping ", "/*!40101 SET ",
      "/*M!999999", "/*!40030 SET ", "PRAGMA foreign_keys=OFF;", "-- H2 ", "CREATE USER IF NOT EXISTS ",
      ";             \nCREATE USER", "SET DATABASE UNIQUE NAME ", "#HSQL Database Engine", "#DERBY", "\\restrict ",
    ]
    return heads.contains { bytes.has($0) }
  }
}
