import Foundation
import PipelineKit
import ProgramTesting
import Testing

/// Pages as the command writes them, and as Chromium shows them where it is installed.
@Suite("reports on the command line")
struct ReportCommandTests {
  private static let browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
    .first {
      FileManager.default.isExecutableFile(atPath: $0)
    }

  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.furnish()
    try place.write("broken.png", "no picture")
  }

  /// Six rows, three of which fail.
  private func batch() async throws {
    let batch = try await place.run(
      "batch", "paste.json", "--axis", "feather=0..2", "--axis", "hole=mask.png,broken.png", "--out", "many",
      "--report",
      "--quiet")
    #expect(batch.code == 4, "\(batch.errors)")
  }

  private func data(_ page: String) throws -> JSONValue {
    let text = try String(decoding: place.read(page), as: UTF8.self)
    let start = try #require(text.range(of: "id=\"data\">"))
    let end = try #require(text.range(of: "</script>", range: start.upperBound..<text.endIndex))
    return try JSONValue(parsing: String(text[start.upperBound..<end.lowerBound]))
  }

  @Test("a batch writes one, and so does the command of its own, to the same bytes")
  func ofBatch() async throws {
    try await batch()
    let first = try place.read("many/report.html")
    let report = try await place.run("report", "many")
    #expect(report.code == 0 && report.text == "many/report.html\n", "\(report.errors)")
    #expect(try place.read("many/report.html") == first)
    let data = try data("many/report.html")
    #expect(data["counts"] == ["rows": 6, "done": 3, "failed": 3, "left": 0])
    let row = try #require(data["rows"]?.array?.first { $0["status"] == "done" })
    #expect(
      Set((row["inputs"]?.array ?? []).compactMap { $0["name"]?.string }) == ["scene", "hole", "object"])
    #expect(row["stages"]?.object?.isEmpty == false)
    let command = try #require(row["command"]?.string)
    let replay = try await place.shell(
      "cd many && \(command.replacing("pipeline-run", with: "$0")) --folder ..")
    #expect(replay.code == 0 && replay.text.contains("bit-identical"), "\(replay.text) \(replay.errors)")
    let none = try await place.run("report", ".")
    #expect(
      none.code == 2 && none.errors.contains("neither results of a batch nor pictures"), "\(none.errors)")
  }

  @Test("a single run writes one, also when it fails")
  func ofRun() async throws {
    let run = try await place.run("paste.json", "--report")
    #expect(run.code == 0, "\(run.errors)")
    let done = try #require(try data("out/report.html")["rows"]?.array?.first)
    #expect(done["status"] == "done" && done["outputs"]?.array?.first?["file"] == "./result.png")
    #expect(done["stages"]?.object?.isEmpty == false)
    // Names in the folder's are filled in for the page, too.
    let named = try await place.run("paste.json", "--report", "--param", "feather=3", "--out", "f-{feather}")
    #expect(
      named.code == 0 && place.exists("f-3/report.html") && place.exists("f-3/result.png"), "\(named.errors)")
    // Of the folder alone, times are not known.
    #expect(try await place.run("report", "out", "--out", "of-folder.html", "--embed").code == 0)
    let folder = try #require(try data("of-folder.html")["rows"]?.array?.first)
    #expect(folder["name"] == "result" && folder["outputs"]?.array?.first?["full"] != nil)
    let failed = try await place.run(
      "paste.json", "--param", "hole=broken.png", "--report", "--out", "failed")
    #expect(failed.code == 4)
    let row = try #require(try data("failed/report.html")["rows"]?.array?.first)
    #expect(row["status"] == "failed" && row["error"]?.string?.contains("hole") == true)
    if PlanGraph.canBeDrawn {
      // All of the pipeline is drawn, and what became of its stages, though no picture says what made it.
      let page = String(decoding: try place.read("failed/report.html"), as: UTF8.self)
      for word in ["blend", "failed, or was not reached", "runs"] {
        #expect(page.contains(">\(word)"), "\(word)")
      }
    }
  }

  @Test(
    "a browser shows it: gallery, table, a result with before and after under one zoom, all by keyboard",
    .enabled(if: Self.browser != nil, "Chromium is not installed"))
  func inBrowser() async throws {
    try await batch()
    // What a reader does, and what is seen then.
    let script = """
      const seen = {};
      const press = (key, target = document.body) => target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      const count = (selector) => document.querySelectorAll(selector).length;
      seen.tiles = count(".tile");
      seen.failed = count(".tile .none");
      const box = document.querySelector("details.filter input[value='0']");
      box.checked = true;
      box.dispatchEvent(new Event("change"));
      seen.filtered = count(".tile");
      box.checked = false;
      box.dispatchEvent(new Event("change"));
      press("2");
      seen.rows = count("tbody tr");
      [...document.querySelectorAll("th button")].find((button) => button.textContent === "feather").click();
      [...document.querySelectorAll("th button")].find((button) => button.textContent.startsWith("feather")).click();
      document.querySelector("th[aria-sort=descending] button").focus();
      document.activeElement.click();
      document.activeElement.click();
      seen.focus = document.activeElement.textContent;
      seen.sorted = [...document.querySelectorAll("tbody tr")].map((row) => row.children[2].textContent);
      press("Enter", document.querySelector("tbody tr"));
      seen.open = document.getElementById("viewer").open;
      while (!document.querySelector(".pane img")) press("ArrowRight");
      press("b");
      press("p");
      do press("ArrowRight"); while (count(".pane img.before") < 2);
      press("+");
      const places = [...document.querySelectorAll(".pane .picture")].map((picture) => picture.style.transform);
      seen.linked = new Set(places).size === 1 && places[0].includes("scale(");
      seen.before = count(".pane img.before");
      seen.address = location.hash;
      document.getElementById("viewer").close();
      for (const [key, name] of [["3", "svg.plot"], ["4", ".bar"], ["6", "pre"]]) { press(key); seen[name] = count(name) > 0; }
      document.body.append(Object.assign(document.createElement("pre"), { id: "seen", textContent: JSON.stringify(seen) }));
      """
    let page = String(decoding: try place.read("many/report.html"), as: UTF8.self)
    try place.write(
      "many/driven.html", page.replacing("</body>", with: "<script>{\n\(script)\n}</script></body>"))
    let shown = try await place.start(
      [
        "--headless=new", "--no-sandbox", "--disable-gpu",
        "--window-size=1200,800",
        "--user-data-dir=\(place.path("profile"))", "--virtual-time-budget=3000", "--dump-dom",
        place.folder.appending(path: "many/driven.html").absoluteString,
      ], program: URL(filePath: try #require(Self.browser))
    ).end()
    #expect(shown.code == 0, "\(shown.errors)")
    let start = try #require(shown.text.range(of: "<pre id=\"seen\">"), "\(shown.errors)")
    let end = try #require(shown.text.range(of: "</pre>", range: start.upperBound..<shown.text.endIndex))
    let text = shown.text[start.upperBound..<end.lowerBound].replacing("&amp;", with: "&")
    let seen = try JSONValue(parsing: String(text))
    #expect(seen["tiles"] == 6 && seen["failed"] == 3 && seen["filtered"] == 2)
    #expect(seen["rows"] == 6 && seen["sorted"] == ["2", "2", "1", "1", "0", "0"])
    #expect(seen["focus"] == "feather ↓")
    #expect(seen["open"] == true && seen["before"] == 2 && seen["linked"] == true)
    #expect(seen["address"]?.string?.contains("compare=1") == true)
    for name in ["svg.plot", ".bar", "pre"] { #expect(seen[name] == true, "\(name)") }
  }
}
