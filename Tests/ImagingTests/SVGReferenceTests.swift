import Foundation
import Imaging
import Testing

@Suite("What an SVG refers to")
struct SVGReferenceTests {
  private func names(_ text: String, in folder: ScratchFolder) throws -> [String] {
    let file = try folder.write(Array(text.utf8), to: "a.svg")
    return SVGReferences.files(of: URL(filePath: file)).map(\.lastPathComponent)
  }

  @Test("is found however it is written, in other SVGs too, and no more than librsvg reads")
  func references() throws {
    let folder = try ScratchFolder()
    for name in ["b.png", "c d.png", "e.css", "f.png", "g.svg", "h.png", "i.png", "k.png"] {
      _ = try folder.write(Array("<svg><image href='h.png'/></svg>".utf8), to: name)
    }
    let text = """
      <?xml version="1.0"?><?xml-stylesheet type="text/css" href="e.css"?>
      <!DOCTYPE svg [<!ENTITY name "k">]>
      <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">
      <style>@import "i.png"; .x {fill: url(g.svg#part)}</style>
      <image xlink:href="b.png"/><image href="c%20d.png"/><use href="#own"/><image href="../f.png"/>
      <image href="data:image/png;base64,AAAA"/><image href="/etc/passwd"/><image href="http://x/f.png"/>
      <image href="absent.png"/><image href="&name;.png"/></svg>
      """
    #expect(
      try names(text, in: folder) == ["b.png", "c d.png", "e.css", "g.svg", "h.png", "i.png", "k.png"])
    #expect(try names("plain text, href='b.png'", in: folder) == [])
    #expect(SVGReferences.files(of: URL(filePath: folder.file("none.svg"))) == [])
  }
}
