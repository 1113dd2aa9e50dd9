import Foundation
import ProgramTesting
import Testing

@Suite("pipeline-run train")
struct TrainTests {
  private static let document = """
    {"formatVersion": 1,
     "stages": {
       "world": {"use": "world.examples", "set": {"size": 32, "scene": 40, "reference": 16, "glyphs": false}},
       "train": {"use": "train.autoencoder", "in": {"examples": "world.examples"},
                 "set": {"model": "./model", "folder": "vae", "start": "scratch", "side": 16, "batch": 2, "steps": 12,
                         "course": "constant", "warmUp": 0, "checkpointEvery": 3, "sampleEvery": null}}},
     "outputs": {"report": "train.report"}}
    """

  /// A place with a model and the document; cancelled where there is no libtorch.
  private func workplace() async throws -> Workplace {
    let place = try Workplace()
    try TinyModel.write(to: place.path("model"))
    try place.write("train.json", Self.document)
    let plan = try await place.run("plan", "train.json")
    if plan.code == 5, plan.errors.contains("torch") { try Test.cancel("\(plan.errors)") }
    #expect(plan.code == 0, "\(plan.errors)")
    return place
  }

  private func losses(_ place: Workplace, _ out: String) throws -> [String] {
    let lines = try String(decoding: place.read("\(out)/vae/metrics.jsonl"), as: UTF8.self).split(
      separator: "\n")
    return try lines.map { line in
      let metrics = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return "\(metrics?["step"] ?? "") \(metrics?["loss"] ?? "")"
    }
  }

  @Test("a document without a training is refused")
  func nothing() async throws {
    let place = try Workplace()
    try place.write(
      "box.json",
      """
      {"formatVersion": 1, "outputs": {"mask": "box.mask"},
       "stages": {"box": {"use": "mask.box", "set": {"box": [1, 1, 4, 4], "width": 8, "height": 8}}}}
      """)
    let ending = try await place.run("train", "box.json")
    #expect(ending.code == 2 && ending.errors.contains("there is nothing to train"))
  }

  @Test("a prior that does not fit is said before a pair is encoded")
  func unfitPrior() async throws {
    let place = try await workplace()
    try TinyModel.write(to: place.path("prior"))
    // The autoencoder's weights for the denoiser's.
    try place.write(
      "prior/unet/diffusion_pytorch_model.safetensors",
      Array(place.read("prior/vae/diffusion_pytorch_model.safetensors")))
    let document = Self.document.replacing("train.autoencoder", with: "train.denoiser")
      .replacing("\"start\": \"scratch\", \"side\": 16", with: "\"start\": \"model\", \"prior\": \"./prior\"")
    try place.write("train.json", document)
    let ending = try await place.run("train", "train.json", "--out", "trained")
    #expect(ending.code == 4, "\(ending.errors)")
    #expect(ending.errors.contains("the denoiser cannot begin with the prior './prior'"), "\(ending.errors)")
    #expect(!place.exists("trained/vae"))
  }

  @Test("a warm-up that leaves nothing for the cosine is a fault of the document")
  func warmUp() async throws {
    let place = try Workplace()
    try TinyModel.write(to: place.path("model"))
    let cosine = Self.document.replacing(
      "\"course\": \"constant\", \"warmUp\": 0", with: "\"schedule\": \"cosine\", \"warmUp\": 12")
    try place.write("train.json", cosine)
    let ending = try await place.run("validate", "train.json")
    #expect(
      ending.code == 3 && ending.errors.contains("a warm-up of 12 steps leaves none of 12"),
      "\(ending.errors)")
  }

  @Test("a launcher's variables that contradict themselves are named")
  func place() async throws {
    let place = try await workplace()
    let ending = try await place.shell("RANK=1 \"$0\" train train.json")
    #expect(ending.code == 2 && ending.errors.contains("WORLD_SIZE is not set"), "\(ending.errors)")
  }

  @Test("a training that is killed goes on to the same losses, and leaves a model that is complete")
  func killed() async throws {
    let place = try await workplace()
    #expect(try await place.run("train", "train.json", "--out", "straight", "--quiet").code == 0)

    let program = try place.start(["train", "train.json", "--out", "killed", "--quiet"])
    try await program.wait { place.exists("killed/vae/checkpoints/step-00000003") }
    program.signal(SIGKILL)
    _ = try await program.end()
    #expect(try await place.run("train", "train.json", "--out", "killed", "--quiet").code == 0)

    let straight = try losses(place, "straight")
    #expect(straight.count == 12)
    #expect(try losses(place, "killed") == straight)
    for file in ["model/vae/diffusion_pytorch_model.safetensors", "model/unet/config.json", "loss.svg"] {
      #expect(place.exists("killed/vae/\(file)"))
    }
    #expect(
      try place.read("killed/vae/model/vae/diffusion_pytorch_model.safetensors")
        == place.read("straight/vae/model/vae/diffusion_pytorch_model.safetensors"))
  }

  @Test("SIGINT finishes the step, leaves a checkpoint of it, and exits with 130")
  func interrupted() async throws {
    let place = try await workplace()
    let program = try place.start([
      "train", "train.json", "--quiet", "--set", "train.steps=1000000", "--set",
      "train.checkpointEvery=1000000",
    ])
    try await program.wait { (try? losses(place, "out").count) ?? 0 >= 2 }
    program.signal(SIGINT)
    let ending = try await program.end()
    #expect(ending.code == 130, "\(ending.errors)")
    let checkpoints = try FileManager.default.contentsOfDirectory(atPath: place.path("out/vae/checkpoints"))
    let last = try losses(place, "out").last!.split(separator: " ")[0]
    #expect(checkpoints.count == 1 && checkpoints[0].hasSuffix("0" + last), "\(checkpoints), \(last)")
  }
}
