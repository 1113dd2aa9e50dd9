import FileTesting
import Foundation
import PipelineKit
import ProgramTesting
import Testing

/// Chromium, where it is installed.
enum Browser {
  static let program = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  /// What a script sees that runs after a page's own; it says so by `note`.
  static func seen(_ page: URL, by script: String, width: Int = 1200, in folder: TemporaryFolder) async throws
    -> JSONValue
  {
    let note = """
      const note = (seen) => document.body.append(Object.assign(document.createElement("pre"), { id: "seen", textContent: JSON.stringify(seen) }));
      """
    let driven = folder["driven-\(page.lastPathComponent)"]
    let text = try String(contentsOf: page, encoding: .utf8)
    try Data(text.replacing("</body>", with: "<script>{\n\(note)\n\(script)\n}</script></body>").utf8)
      .write(to: driven)
    let shown = try await RunningProgram(
      URL(filePath: try #require(program)),
      [
        "--headless=new", "--no-sandbox", "--disable-gpu",
        "--window-size=\(width),800", "--user-data-dir=\(folder["profile"].path)",
        "--virtual-time-budget=5000", "--dump-dom", driven.absoluteString,
      ], in: folder.url, environment: ["PATH": "/usr/bin:/bin", "HOME": folder.url.path]
    ).end()
    let output = String(decoding: shown.output, as: UTF8.self)
    let start = try #require(output.range(of: "<pre id=\"seen\">"), "\(shown.errors)")
    let end = try #require(output.range(of: "</pre>", range: start.upperBound..<output.endIndex))
    let entities = String(output[start.upperBound..<end.lowerBound]).replacing("&lt;", with: "<")
    return try JSONValue(parsing: entities.replacing("&gt;", with: ">").replacing("&amp;", with: "&"))
  }
}
