public import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// What an SVG picture refers to: other pictures, style sheets.
public enum SVGReferences {
  /// The files that decoding this file reads too, those that they refer to included, sorted; none for other formats.
  ///
  /// librsvg reads only what lies in the folder of the file that refers to it, or below.
  public static func files(of file: URL) -> [URL] {
    var found: Set<URL> = []
    var pending = [file]
    while let next = pending.popLast() {
      let folder = URL(
        filePath: next.deletingLastPathComponent().resolvingSymlinksInPath().path(percentEncoded: false),
        directoryHint: .isDirectory)
      for reference in references(in: next) {
        guard let other = target(of: reference, in: folder), other != file, found.insert(other).inserted
        else { continue }
        pending.append(other)
      }
    }
    return found.sorted { $0.absoluteString < $1.absoluteString }
  }

  /// The regular file that a reference means, if it may be read.
  private static func target(of reference: String, in folder: URL) -> URL? {
    let path = reference.prefix { $0 != "#" }
    guard !path.isEmpty, let url = URL(string: String(path), relativeTo: folder), url.isFileURL else {
      return nil
    }
    let real = url.absoluteURL.resolvingSymlinksInPath()
    let isInside = real.path(percentEncoded: true).hasPrefix(folder.path(percentEncoded: true))
    let isFile = try? real.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile
    return isInside && isFile == true ? real : nil
  }

  /// The references as they are written.
  private static func references(in file: URL) -> Set<String> {
    guard let data = try? Data(contentsOf: file, options: .mappedIfSafe) else { return [] }
    if file.pathExtension.lowercased() == "css" {
      return ReferenceScanner.references(inStyle: String(decoding: data, as: UTF8.self))
    }
    guard let text = data.starts(with: [0x1f, 0x8b]) ? try? inflated(data) : data, isMarkup(text) else {
      return []
    }
    let scanner = ReferenceScanner()
    let parser = XMLParser(data: text)
    parser.delegate = scanner
    // What is not well formed fails to load, too.
    _ = parser.parse()
    return scanner.references
  }

  private static func isMarkup(_ data: Data) -> Bool {
    data.prefix(1000).first { !($0 == 0xef || $0 == 0xbb || $0 == 0xbf || $0 <= 0x20) } == UInt8(ascii: "<")
  }

  private static func inflated(_ data: Data) throws -> Data {
    let inflater = try Inflater(.gzip)
    var text = Data()
    try inflater.feed(Array(data), limit: 1 << 30) { text.append(contentsOf: $0) }
    return text
  }
}

/// Collects references from elements, style sheets within, and instructions before them.
private final class ReferenceScanner: NSObject, XMLParserDelegate {
  private(set) var references: Set<String> = []
  private var text = ""

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    for (attribute, value) in attributes {
      if attribute.split(separator: ":").last == "href" { references.insert(value) }
      references.formUnion(Self.references(inStyle: value))
    }
    text = ""
  }

  func parser(_ parser: XMLParser, foundCharacters characters: String) { text += characters }
  func parser(_ parser: XMLParser, foundCDATA block: Data) { text += String(decoding: block, as: UTF8.self) }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    references.formUnion(Self.references(inStyle: text))
    text = ""
  }

  func parser(_ parser: XMLParser, foundProcessingInstructionWithTarget target: String, data: String?) {
    for match in (data ?? "").matches(of: /href\s*=\s*["']([^"']*)["']/) {
      references.insert(String(match.1))
    }
  }

  static func references(inStyle text: String) -> Set<String> {
    let addresses = text.matches(of: /url\(\s*["']?([^"')]*)/).map { String($0.1) }
    return Set(addresses + text.matches(of: /@import\s+["']([^"']*)/).map { String($0.1) })
  }
}
