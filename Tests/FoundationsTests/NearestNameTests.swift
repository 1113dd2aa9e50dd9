import Foundations
import Testing

@Suite struct NearestNameTests {
  @Test(
    "the nearest name is suggested",
    arguments: [
      ("stpes", ["steps", "seed"], "steps"), ("Steps", ["steps"], "steps"),
      ("st", ["strength", "steps"], "steps"),
      ("guidence", ["guidance", "guide"], "guidance"), ("xyz", ["abc", "steps"], nil),
      ("ab", ["ac", "bb", "aa"], "aa"),
      ("steps", ["steps"], nil), ("", ["a"], "a"), ("a", [], nil), ("Größe", ["größe"], "größe"),
      ("abcdef", ["badcfe", "abdcef"], "abdcef"), ("ca", ["abc"], nil), ("seeed", ["seeds", "seed"], "seed"),
      ("image.laod", ["image.load", "image.save"], "image.load"),
    ] as [(String, [String], String?)])
  func suggestion(text: String, names: [String], nearest: String?) {
    #expect(nearestName(to: text, among: names) == nearest)
    #expect(nearestName(to: text, among: names.reversed()) == nearest)
  }
}
