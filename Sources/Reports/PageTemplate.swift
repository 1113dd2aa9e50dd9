package import Foundation
package import PipelineKit

/// The page without what it shows: the files in `Page`, which are part of the program.
package enum PageTemplate {
  /// A whole page.
  ///
  /// - Parameters:
  ///   - data: what `report.js` reads.
  ///   - graph: a member `svg`, or `missing`, which says why there is none; or null.
  static func page(of data: JSONValue, graph: JSONValue) -> Data {
    filled(
      PackageResources.report_html,
      with: [
        "style": style(PackageResources.report_css), "script": script(PackageResources.report_js),
        "data": inScript(data), "graph": inScript(graph),
      ])
  }

  /// A page's style, after the colours of all pages.
  package static func style(_ own: [UInt8]) -> Data { Data(PackageResources.palette_css + own) }

  /// A page's script, after the functions of all pages: `elements.js`.
  package static func script(_ own: [UInt8]) -> Data { Data(PackageResources.elements_js + own) }

  /// A page's markup with its parts in their places: `/*{name}*/`, comments, so that the files are what their names say.
  package static func filled(_ markup: [UInt8], with parts: [String: Data]) -> Data {
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
  package static func inScript(_ value: JSONValue) -> Data {
    Data(String(decoding: JSONWriter.canonical(value), as: UTF8.self).replacing("<", with: "\\u003c").utf8)
  }
}
