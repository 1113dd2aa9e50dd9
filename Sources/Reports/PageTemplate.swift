package import Foundation
package import PipelineKit

/// What all pages have in common: `page.html`, their colours, and functions of their scripts. The files in `Page` are part
/// of the program.
package struct PageTemplate {
  /// What it is called before its script says.
  package var title: String
  /// Whether it goes to people who do not know this program: it may load nothing, and is in no search engine's index.
  package var isClosed = true
  /// What stands in its body, without scripts.
  package var body: Data
  /// Its style, after the colours of all pages.
  package var style: [UInt8]
  /// Its script, after the functions of all pages: `elements.js`.
  package var script: [UInt8]

  /// A page.
  package init(title: String, body: Data, style: [UInt8], script: [UInt8]) {
    (self.title, self.body, self.style, self.script) = (title, body, style, script)
  }

  private static let open = #"<meta name="generator" content="pipeline-run">"#
  private static let closed = """
    <meta name="robots" content="noindex">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; \
    script-src 'unsafe-inline'">
    """

  /// The whole page.
  ///
  /// - Parameter data: what its script reads.
  package func filled(with data: JSONValue) -> Data {
    Self.filled(
      PackageResources.page_html,
      with: [
        "meta": Data((isClosed ? Self.closed : Self.open).utf8), "title": Data(title.utf8), "body": body,
        "style": Data(PackageResources.palette_css + style), "data": Self.inScript(data),
        "script": Data(PackageResources.elements_js + script),
      ])
  }

  /// A page of results.
  ///
  /// - Parameters:
  ///   - data: what `report.js` reads.
  ///   - graph: a member `svg`, or `missing`, which says why there is none; or null.
  static func report(of data: JSONValue, graph: JSONValue) -> Data {
    var page = PageTemplate(
      title: "Results", body: filled(PackageResources.report_html, with: ["graph": inScript(graph)]),
      style: PackageResources.report_css, script: PackageResources.report_js)
    page.isClosed = false
    return page.filled(with: data)
  }

  /// A page's markup with its parts in their places: `/*{name}*/`, comments, so that the files are what their names say.
  private static func filled(_ markup: [UInt8], with parts: [String: Data]) -> Data {
    var page = Data()
    for piece in String(decoding: markup, as: UTF8.self).split(separator: "/*{") {
      guard let end = piece.range(of: "}*/"), let part = parts[String(piece[..<end.lowerBound])] else {
        page += Data(piece.utf8)
        continue
      }
      page += part
      page += Data(piece[end.upperBound...].utf8)
    }
    return page
  }

  /// JSON that ends no script and begins no comment there, whatever its strings hold.
  private static func inScript(_ value: JSONValue) -> Data {
    Data(String(decoding: JSONWriter.canonical(value), as: UTF8.self).replacing("<", with: "\\u003c").utf8)
  }
}
