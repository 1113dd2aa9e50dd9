import Foundation
import Testing

@testable import Diffusion

@Suite("the settings of a single file")
struct PaintByExampleFilesTests {
  @Test(
    "they say what this program takes for the published model when a file comes without settings"
  )
  func published() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (path, text) in PaintByExampleFiles.texts {
      try FileManager.default.createDirectory(
        atPath: ("\(folder)/\(path)" as NSString).deletingLastPathComponent, withIntermediateDirectories: true
      )
      try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(path)"))
    }
    let model = try DiffusionModel(path: folder)
    #expect(try model.unet().configuration == .paintByExample)
    #expect(try model.autoencoder().configuration == AutoencoderConfiguration())
    #expect(try model.exemplarEncoder().configuration == CLIPVisionConfiguration())
    #expect(try model.schedule == .paintByExample)
    #expect(try model.preprocessing() == ImagePreprocessing())
  }
  @Test("the published model's networks ask for as many weights as are published")
  func counts() throws {
    func numbers(_ shapes: [String: [Int]]) -> Int { shapes.values.reduce(0) { $0 + $1.reduce(1, *) } }
    let unet = try UNet(.paintByExample).weightShapes
    // Stable Diffusion 1's 859,520,964 and five more channels into 320.
    #expect(unet.count == 686 && numbers(unet) == 859_520_964 + 5 * 320 * 9)
    let vae = try Autoencoder(AutoencoderConfiguration()).weightShapes
    #expect(vae.count == 248 && numbers(vae) == 83_653_863)
  }
}
