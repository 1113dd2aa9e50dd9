import FileTesting
import Foundation
import Foundations
import PipelineKit
import Testing

@testable import UserStudy

/// The page as Chromium shows it, where it is installed.
@Suite("the page of a study")
struct StudyPageTests {
  /// Ranks by keys: letters C, A, B, of which the first is taken back once; one picture by tap.
  private static let script = """
    const press = (key, target = document.body) => target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    if (!localStorage.getItem(storeName)) {
      document.getElementById("participant").value = "p, 1";
      document.getElementById("begin").click();
      press("c"); press("Backspace");
      const enough = document.getElementById("next").disabled;
      press("Enter");
      const stayed = state.at === 0;
      for (const key of ["c", "a", "b"]) press(key);
      press("Enter");
      sessionStorage.setItem("first", JSON.stringify({ enough, stayed, at: state.at }));
      press("b");
      location.reload();
    } else {
      const seen = { ...JSON.parse(sessionStorage.getItem("first")), kept: state.at, ranks: [...state.answers[1].ranks],
                     participant: state.participant };
      press("a");
      const card = document.querySelectorAll(".card")[2];
      card.querySelector(".choose").focus();
      press("1", card.querySelector(".choose"));
      seen.first = [...state.answers[1].ranks];
      seen.label = card.querySelector(".choose").getAttribute("aria-label");
      seen.said = document.getElementById("said").textContent;
      document.querySelectorAll(".card .choose")[1].click();
      document.activeElement.blur();
      press("Enter");
      while (state.at < screens.length) { for (const key of ["a", "b", "c"]) press(key); press("Enter"); }
      seen.screens = screens.length;
      const link = document.getElementById("download-csv");
      seen.name = link.download;
      seen.csv = decodeURIComponent(link.href.split(",").slice(1).join(","));
      seen.json = JSON.parse(decodeURIComponent(document.getElementById("download-json").href.split(",").slice(1).join(",")));
      note(seen);
    }
    """

  @Test(
    "ranks by keyboard and tap, keeps progress over a reload, and gives the answers out",
    .enabled(if: Browser.program != nil, "Chromium is not installed"))
  func answers() async throws {
    let trial = try Trial()
    let study = try Study(of: [trial.results(3)], trial.options { $0.repeats = 1 })
    let page = trial.folder["study.html"]
    try study.write(page: page, key: trial.folder["key.json"])
    let seen = try await Browser.seen(page, by: Self.script, in: trial.folder)
    #expect(seen["enough"] == true && seen["stayed"] == true && seen["at"] == 1)
    #expect(seen["kept"] == 1, "\(seen)")
    #expect(seen["participant"] == "p, 1" && seen["ranks"] == [1, .null, .null], "\(seen)")
    // The third picture took the first place from the second, which then waited.
    #expect(seen["first"] == [2, 0, .null] && seen["label"] == "Picture C, number 1 of 3")
    #expect(seen["said"]?.string?.hasPrefix("Picture C is number 1 of 3, best. 1 left") == true)
    // Three groups, one of them twice, and an obvious one, two questions each.
    #expect(seen["screens"] == 10 && seen["name"] == .string("answers-\(study.key.study)-p, 1.csv"))
    try check(try #require(seen["json"]?.array), study.key)
    let lines = try #require(seen["csv"]?.string).split(separator: "\r\n")
    #expect(lines.count == 31)
    #expect(
      lines[0]
        == "study,participant,group,question,position,method_hash,rank,ms,repeat_of,attention,client,version")
    #expect(
      lines.dropFirst().allSatisfy { $0.hasPrefix("\(study.key.study),\"p, 1\",") && $0.hasSuffix(",1") })
    try checkRead(seen, trial, try StudyKey(trial.folder["key.json"]))
  }

  /// What the page gives out is what a report reads, in either form.
  private func checkRead(_ seen: JSONValue, _ trial: Trial, _ key: StudyKey) throws {
    let (csv, json) = (trial.folder["p.csv"], trial.folder["p.json"])
    try Data(try #require(seen["csv"]?.string).utf8).write(to: csv)
    try Data(JSONWriter.pretty(try #require(seen["json"])).utf8).write(to: json)
    let one = try StudyAnswers(files: [csv.systemPath], key: key).participants[0]
    let other = try StudyAnswers(files: [json.systemPath], key: key).participants[0]
    #expect(one.name == "p, 1" && one.rankings.count == key.screens && one.rankings == other.rankings)
    // Pictures are ranked by their places, whatever they show: who does so looks at nothing, or at few pictures.
    var options = ReportOptions()
    (options.attentionLimit, options.repeatLimit) = (1, 1)
    let report = try StudyReport(of: StudyAnswers(files: [csv.systemPath], key: key), options)
    #expect(report.questions.map(\.answers) == [3, 3] && report.participants[0].attention != nil)
  }

  private func check(_ rows: [JSONValue], _ key: StudyKey) throws {
    #expect(rows.count == 30)
    // C was best, then A, then B.
    #expect(
      rows.prefix(3).map { $0["rank"] } == [2, 3, 1] && rows.prefix(3).map { $0["position"] } == [1, 2, 3])
    #expect(rows[3..<6].map { $0["rank"] } == [2, 3, 1])
    for row in rows {
      let (group, hash) = (try #require(row["group"]?.string), try #require(row["method_hash"]?.string))
      let isAttention = key.attention[group] != nil
      #expect((row["attention"] == 1) == isAttention)
      #expect(isAttention ? key.attention[group]!.contains(hash) : key.methods[hash] != nil)
    }
    let repeats = rows.filter { $0["repeat_of"] != "" }
    #expect(repeats.count == 6 && repeats.allSatisfy { key.repeated.contains($0["group"]?.string ?? "") })
    #expect(Set(rows.compactMap { $0["group"]?.string }) == Set(key.groups.keys).union(key.attention.keys))
  }
}
