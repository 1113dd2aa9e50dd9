import Diffusion
import Foundation
import Imaging
import Testing

/// The ready-made documents of Blended Diffusion with small random networks.
@Suite("the command paints by Blended Diffusion")
struct BlendingCommandTests {
  private static let clip = Workplace.repository.appending(path: "Tests/NetworksTests/Fixtures/clip").path
  private static func document(_ name: String) -> String {
    Workplace.repository.appending(path: "Pipelines/blended-diffusion-\(name).json").path
  }

  /// A place with the pictures, and a denoiser of random weights.
  private func furnished() throws -> Workplace {
    let place = try Workplace()
    try place.furnish()
    var denoiser = ADMUNet()
    (denoiser.timeWidth, denoiser.blockChannels) = (32, [32, 64])
    (denoiser.attends, denoiser.layersPerBlock) = ([false, true], 1)
    let list = WeightList()
    _ = try denoiser.graph(list)
    var generator = TorchGenerator(seed: 1)
    let values = list.shapes.mapValues { shape in
      generator.normal(count: shape.reduce(1, *)).map { 0.05 * $0 }
    }
    try Checkpoint(shapes: list.shapes) { values[$0]! }.write(to: place.path("adm.safetensors"))
    return place
  }

  private func arguments(_ name: String, _ place: Workplace) -> [String] {
    [
      Self.document(name), "--input", "scene=scene.png", "--input", "mask=mask.png", "--input",
      "exemplar=exemplar.png", "--param", "model=\(place.path("adm.safetensors"))", "--param",
      "clip=\(Self.clip)", "--param", "size=64", "--param", "steps=4", "--param", "samples=2", "--param",
      "views=3", "--allow-path", Workplace.repository.path,
    ]
  }

  /// What is said of a plan; cancelled where there is no libtorch.
  private func plan(_ arguments: [String], _ place: Workplace) async throws -> Workplace.Ending {
    let plan = try await place.run(["plan"] + arguments)
    if plan.code == 5, plan.errors.contains("torch") { try Test.cancel("\(plan.errors)") }
    return plan
  }

  @Test(
    "the documents paint the hole alone, the same bytes of a seed, and the plan says the cost",
    arguments: ["text", "image"])
  func documents(name: String) async throws {
    let place = try furnished()
    let arguments = arguments(name, place) + (name == "text" ? ["--param", "prompt=a c"] : [])
    let plan = try await plan(arguments, place)
    #expect(plan.code == 0, "\(plan.errors)")
    #expect((plan.text + plan.errors).contains("6 steps with gradients, 3 for each of 2 samples"), "\(plan)")
    let ending = try await place.run(arguments)
    #expect(ending.code == 0, "\(ending.errors)")
    let change = String(decoding: try place.read("out/change.json"), as: UTF8.self)
    #expect(change.contains("\"outsideIsIdentical\": true"), "\(change)")
    let (before, after) = (
      try Image.load(from: place.path("scene.png")), try Image.load(from: place.path("out/picture.png"))
    )
    #expect(try after.difference(from: before).statistics().overall.maximum > 3)
    let again = try await place.run(arguments + ["--out", "again", "--no-cache"])
    #expect(again.code == 0, "\(again.errors)")
    #expect(try place.read("again/picture.png") == place.read("out/picture.png"))
  }

  @Test("what cannot be is said before anything runs")
  func refusals() async throws {
    let place = try furnished()
    let text = arguments("text", place) + ["--param", "prompt=a c"]
    _ = try await plan(text, place)
    for (old, new, code, fault) in [
      ("views=3", "engine=openvino", 3 as Int32, "finds no gradients"),
      ("views=3", "strength=0.1", 3, "is none"),
      ("prompt=a c", "prompt=a a a a a a a", 3, "CLIP has no room"),
      ("model=\(place.path("adm.safetensors"))", "model=adm-256", 5, "pipeline-run models pull adm-256"),
      ("prompt=a c", "prompt=", 4, "set text, or link an exemplar"),
    ] {
      let ending = try await place.run(text.map { $0 == old ? new : $0 })
      #expect(ending.code == code, "\(new) \(ending.code) \(ending.errors)")
      #expect(ending.errors.contains(fault), "\(new) \(ending.errors)")
      #expect(!place.exists("out/picture.png"))
    }
  }
}
