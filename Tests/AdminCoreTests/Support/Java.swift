@testable import Archive
@testable import Platform

/// A real Java's `java.util.Properties`, which decides what an INI file says.
enum Java {
  /// Keys and values as UTF-16, which Java's strings are.
  typealias Properties = [[UInt16]: [UInt16]]

  // Files go in and come out as lines of hexadecimal digits; properties are hexadecimal UTF-16 between blanks.
  private static let source = """
    import java.io.*;
    import java.nio.file.*;
    import java.util.*;

    public class PropertiesTool {
      public static void main(String[] words) throws Exception {
        switch (words[0]) {
          case "load": load(words[1]); break;
          case "store": store(Integer.parseInt(words[1])); break;
          default: throw new IllegalArgumentException(words[0]);
        }
      }

      static void load(String list) throws Exception {
        for (String file : Files.readAllLines(Paths.get(list))) {
          Properties properties = new Properties();
          byte[] bytes = new byte[file.length() / 2];
          for (int at = 0; at < bytes.length; at++)
            bytes[at] = (byte) Integer.parseInt(file.substring(2 * at, 2 * at + 2), 16);
          try {
            properties.load(new ByteArrayInputStream(bytes));
            System.out.println("read" + listed(properties));
          } catch (IllegalArgumentException malformed) {
            System.out.println("malformed");
          }
        }
      }

      static void store(int count) throws Exception {
        Random random = new Random(20261128);
        for (int file = 0; file < count; file++) {
          Properties properties = new Properties();
          for (int pair = random.nextInt(12); pair > 0; pair--) properties.setProperty(text(random), text(random));
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          properties.store(out, file % 3 == 0 ? null : text(random));
          StringBuilder digits = new StringBuilder();
          for (byte one : out.toByteArray()) digits.append(String.format("%02x", one));
          System.out.println(digits + listed(properties));
        }
      }

      static String text(Random random) {
        String signs = " \\t\\f\\n\\r:=#!\\\\ab.u0\\u00e4\\u00ff\\u0100\\u20ac";
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(14); left > 0; left--) {
          text.append(signs.charAt(random.nextInt(signs.length())));
          if (random.nextInt(9) == 0) text.appendCodePoint(0x1F600 + random.nextInt(50));
        }
        return text.toString();
      }

      static String listed(Properties properties) {
        StringBuilder line = new StringBuilder();
        for (String key : properties.stringPropertyNames())
          line.append(' ').append(hex(key)).append(' ').append(hex(properties.getProperty(key)));
        return line.toString();
      }

      static String hex(String text) {
        StringBuilder digits = new StringBuilder("x");
        for (char unit : text.toCharArray()) digits.append(String.format("%04x", (int) unit));
        return digits.toString();
      }
    }
    """

  /// What Java reads in each of these files; nil where it refuses one.
  static func load(_ files: [[UInt8]]) throws -> [Properties?] {
    let folder = try TemporaryFolder()
    try Sample.write(files.map { Digest.hex($0) + "\n" }.joined(), to: folder["list"])
    let lines = try run(["load", folder["list"]], folder)
    guard lines.count == files.count else { throw Command.Failure(what: "java read \(lines.count) files") }
    return try lines.map { $0.first == "read" ? try properties($0) : nil }
  }

  /// Files that Java wrote, each with what it meant.
  static func stored(_ count: Int) throws -> [(bytes: [UInt8], properties: Properties)] {
    try run(["store", String(count)], TemporaryFolder()).map { line in
      (try numbers(line[0], of: 2).map(UInt8.init(truncatingIfNeeded:)), try properties(line))
    }
  }

  private static func run(_ words: [String], _ folder: TemporaryFolder) throws -> [[Substring]] {
    try Sample.write(source, to: folder["PropertiesTool.java"])
    let command = try Command(["java", folder["PropertiesTool.java"]] + words)
    guard command.status == 0 else { throw Command.Failure(what: "java: \(command.errors)") }
    return command.output.split(separator: "\n").map { $0.split(separator: " ") }
  }

  private static func properties(_ line: [Substring]) throws -> Properties {
    let texts = try line.dropFirst().map { word in
      // Half of a surrogate pair is no character of Swift's.
      Array(String(decoding: try numbers(word.dropFirst(), of: 4), as: UTF16.self).utf16)
    }
    return Dictionary(uniqueKeysWithValues: stride(from: 0, to: texts.count, by: 2).map { (texts[$0], texts[$0 + 1]) })
  }

  private static func numbers(_ digits: Substring, of count: Int) throws -> [UInt16] {
    let digits = Array(digits.utf8)
    return try stride(from: 0, to: digits.count, by: count).map { start in
      guard let number = UInt16(String(decoding: digits[start..<start + count], as: UTF8.self), radix: 16) else {
        throw Command.Failure(what: "java printed no number")
      }
      return number
    }
  }
}
