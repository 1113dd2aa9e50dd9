import Foundation
import PipelineKit

/// People who answer a study, as its page writes their answers.
enum StudyPeople {
  /// Writes the answers of three people, who rank methods by their names but for the last, who ranks two of them the other
  /// way around.
  ///
  /// - Parameters:
  ///   - key: the study's key, in that place.
  ///   - folder: where their files go, in that place.
  static func answer(_ place: Workplace, key: String, into folder: String) throws {
    let json = try JSONValue(parsing: String(decoding: try place.read(key), as: UTF8.self))
    let study = json["study"]?.string ?? ""
    let methods = (json["methods"]?.object ?? [:]).sorted {
      ($0.value.string ?? "") < ($1.value.string ?? "")
    }.map(\.key)
    let repeated = (json["repeated"]?.array ?? []).compactMap(\.string)
    let groups = (json["groups"]?.object ?? [:]).keys.sorted()
    let obvious = (json["attention"]?.object ?? [:]).mapValues { ($0.array ?? []).compactMap(\.string) }
    try FileManager.default.createDirectory(atPath: place.path(folder), withIntermediateDirectories: true)
    for person in 1...3 {
      var lines = [
        "study,participant,group,question,position,method_hash,rank,ms,repeat_of,attention,client,version"
      ]
      func screen(_ group: String, _ pictures: [String], again: Bool = false, isObvious: Bool = false) {
        for (index, picture) in pictures.enumerated() {
          lines.append(
            "\(study),p\(person),\(group),1,\(index + 1),\(picture),\(index + 1),2500,\(again ? group : ""),"
              + "\(isObvious ? 1 : 0),somebody,1")
        }
      }
      let ranked = person == 3 ? [methods[1], methods[0]] + methods.dropFirst(2) : methods
      for group in groups { screen(group, ranked) }
      for group in repeated { screen(group, ranked, again: true) }
      for (group, pictures) in obvious { screen(group, pictures, isObvious: true) }
      try place.write("\(folder)/p\(person).csv", lines.joined(separator: "\r\n") + "\r\n")
    }
  }
}
