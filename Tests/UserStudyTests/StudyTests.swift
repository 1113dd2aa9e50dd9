import FileTesting
import Foundation
import Foundations
import Imaging
import PipelineKit
import Testing

@testable import UserStudy

@Suite("studies")
struct StudyTests {
  let trial: Trial
  init() throws { trial = try Trial() }

  @Test("name no method in the page, and each in the key")
  func blind() throws {
    let study = try Study(of: [trial.results(4)], trial.options())
    let (page, file) = (trial.folder["study.html"], trial.folder["study-key.json"])
    try study.write(page: page, key: file)
    let text = try String(contentsOf: page, encoding: .utf8)
      // The name of a kind of element, at which nobody looks.
      .replacing("http://www.w3.org/2000/svg", with: "")
    for method in Trial.methods { #expect(!text.contains(method)) }
    #expect(!text.contains("http:") && !text.contains("https:") && !text.contains(study.key.salt))
    let key = try StudyKey(file)
    #expect(key == study.key && Set(key.methods.values) == Set(Trial.methods))
    #expect(Set(key.groups.values) == ["seed=0", "seed=1", "seed=2", "seed=3"])
    // The key of another study would be lost.
    #expect(throws: StudyFault.self) { try study.write(page: page, key: file) }
    let again = try Study(of: [trial.results(4)], trial.options())
    #expect(Set(again.key.methods.keys).isDisjoint(with: key.methods.keys))
  }

  @Test("show every group's pictures under the hashes of their methods, some groups twice, and obvious ones")
  func content() throws {
    let study = try Study(of: [trial.results(4)], trial.options { ($0.groups, $0.repeats) = (3, 1) })
    let groups = try #require(try study.data()["groups"]?.array)
    #expect(groups.count == 4 && groups.count { $0["repeated"] == true } == 1)
    for group in groups {
      let id = try #require(group["id"]?.string)
      let pictures = try #require(group["pictures"]?.array)
      let hashes = pictures.compactMap { $0["hash"]?.string }
      guard group["attention"] == false else {
        #expect(study.key.attention[id]?.sorted() == hashes)
        continue
      }
      #expect(hashes == study.key.methods.keys.sorted())
      let seed = try #require(study.key.groups[id]?.suffix(1)).compactMap { UInt8(String($0)) }
      for picture in pictures {
        let method = try #require(study.key.methods[picture["hash"]?.string ?? ""])
        let number = try #require(Trial.methods.firstIndex(of: method))
        let uri = try #require(picture["uri"]?.string)
        let bytes = try #require(Data(base64Encoded: String(uri.trimmingPrefix("data:image/jpeg;base64,"))))
        try bytes.write(to: trial.folder["shown.jpg"])
        let shown = try Image.load(from: trial.folder["shown.jpg"].path(percentEncoded: false))
        #expect(abs(Double(try shown.pixel(x: 9, y: 9)[0]) - Double(40 + 60 * number) - Double(seed[0])) < 3)
      }
    }
  }

  private func fault(_ without: Set<String> = [], _ change: (inout StudyOptions) -> Void) throws -> String {
    let results = try trial.results(3, without: without)
    return try #require(
      #expect(throws: StudyFault.self) { try Study(of: [results], trial.options(change)) }
    ).description
  }

  @Test("say what is wrong before anything is written")
  func faults() throws {
    #expect(try fault(["betapaint 1"]) { _ in }.contains("'seed=1' lacks betapaint"))
    #expect(
      try fault(["betapaint 1"]) { ($0.skipsIncomplete, $0.groups) = (true, 3) }.contains(
        "3 groups are wanted"))
    #expect(try fault { $0.groups = 9 }.contains("9 groups are wanted; there are 3"))
    #expect(try fault { $0.method = "methode" }.contains("did you mean 'method'?"))
    #expect(try fault { $0.method = "folder" }.contains("there is 1"))
    #expect(try fault { $0.groupBy = ["folder"] }.contains("are both of method 'alphapaint'"))
    #expect(try fault { $0.questions = [] }.contains("at least one question"))
    #expect(try fault { $0.questions = ["Is Betapaint better?"] }.contains("names the method 'betapaint'"))
    #expect(try fault { $0.repeats = 4 }.contains("4 groups are to be shown twice"))
    let study = try Study(
      of: [trial.results(3, without: ["betapaint 1"])], trial.options { $0.skipsIncomplete = true })
    #expect(study.skipped == ["seed=1"] && study.key.groups.count == 2)
  }
}
