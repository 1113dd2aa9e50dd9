import Foundation
import Imaging
import PipelineKit
import ProgramTesting
import Testing

/// The built command paints with a small random model, and does what the reference pipeline does with it.
@Suite("the command paints an exemplar")
struct PaintingTests {
  private static let reference = Workplace.repository.appending(path: "Tests/ParityTests/Fixtures/base")

  private func pipeline(_ name: String) -> String {
    Workplace.repository.appending(path: "Pipelines/\(name).json").path
  }

  private func inputs(_ folder: String = reference.path) -> [String] {
    ["scene", "mask", "exemplar"].flatMap { ["--input", "\($0)=\(folder)/\($0).png"] }
  }

  private var model: [String] {
    ["--param", "model=\(Self.reference.path)/model", "--param", "precision=f32"]
  }

  @Test("a raw run gives the reference's picture, is kept, and is made again bit by bit")
  func raw() async throws {
    let place = try Workplace()
    let arguments = [pipeline("paint-by-example-raw"), "--param", "steps=5"] + inputs() + model
    let first = try await place.run(arguments)
    #expect(first.code == 0, "\(first.errors)")
    let picture = try Image.load(from: place.path("out/picture.png"))
    let expected = try Image.load(from: Self.reference.appending(path: "picture-0.png").path)
    #expect(try picture.difference(from: expected).statistics().overall.maximum <= 1)
    let second = try await place.run(arguments + ["--json"])
    #expect(second.text.contains(#""running":0"#), "\(second.text)")
    let replay = try await place.run("replay", "out/picture.png")
    #expect(replay.text == "bit-identical\n", "\(replay.text)\(replay.errors)")
  }

  @Test("where nothing can be remembered, for want of a home, the engine is measured for this one run")
  func homeless() async throws {
    let place = try Workplace()
    try place.write("file", "")
    let document = pipeline("paint-by-example-raw")
    let words = (inputs() + ["--param", "model=\(Self.reference.path)/model"]).joined(separator: " ")
    let run = try await place.shell(
      #"PIPELINE_CACHE=file/cache "$0" \#(document) --no-cache --param steps=1 --quiet \#(words)"#)
    #expect(run.code == 0 && place.exists("out/picture.png"), "\(run.errors)")
  }

  @Test(
    "a quantised model paints like any other; plan, inspect and the picture's record say that it is quantised"
  )
  func quantized() async throws {
    let place = try Workplace()
    let made = try await place.run(
      "models", "quantize", "\(Self.reference.path)/model", "--out", "small", "--keep", "mid_block", "--json")
    #expect(made.code == 0, "\(made.errors)")
    #expect(made.text.contains("\"down_blocks.0.resnets.0.conv1\"") && !made.text.contains("mid_block"))
    let words = "8-bit weights in"
    #expect(try await place.run("models", "inspect", "small").text.contains("quantised: \(words)"))
    let arguments =
      [
        pipeline("paint-by-example-raw"), "--param", "steps=2", "--param", "model=./small", "--param",
        "precision=f32",
      ]
      + inputs()
    let plan = try await place.run(["plan"] + arguments)
    #expect(plan.text.contains("the model's unet is quantised: \(words)"), "\(plan.text)\(plan.errors)")
    let run = try await place.run(arguments)
    #expect(run.code == 0, "\(run.errors)")
    let record = try PNGFile(path: place.path("out/picture.png")).texts.first {
      $0.text.contains("provenanceVersion")
    }
    #expect(record?.text.contains(words) == true)
  }

  @Test(
    "ObjectStitch gives its program's picture, of one picture of the object or of several",
    arguments: ["objectstitch", "objectstitch-several"])
  func objectStitch(name: String) async throws {
    let place = try Workplace()
    let folder = Workplace.repository.appending(path: "Tests/ParityTests/Fixtures/\(name)")
    try FileManager.default.copyItem(
      at: Self.reference.appending(path: "model"), to: place.folder.appending(path: "model"))
    let schedule = place.folder.appending(path: "model/scheduler/scheduler_config.json")
    try FileManager.default.removeItem(at: schedule)
    try FileManager.default.copyItem(at: folder.appending(path: "scheduler_config.json"), to: schedule)
    var document = try String(contentsOfFile: pipeline("objectstitch-raw"), encoding: .utf8)
    var inputs: [String] = []
    for (input, file) in [
      ("scene", "scene"), ("mask", "mask"), ("exemplar", "exemplar-0"), ("exemplarMask", "exemplar-mask-0"),
    ] {
      inputs += ["--input", "\(input)=\(folder.path)/\(file).png"]
    }
    if name == "objectstitch-several" {
      // As the document's notes say.
      document.replace(#""image": "object.image""#, with: #""image": ["object.image", "second.image"]"#)
      document.replace(
        #""stages": {"#,
        with: #"""
          "stages": {
            "other": {"use": "image.load", "set": {"path": "other.png"}},
            "otherMask": {"use": "mask.load", "set": {"path": "other-mask.png"}},
            "second": {"use": "image.cutout", "in": {"image": "other.image", "mask": "otherMask.mask"}},
          """#)
      for (source, target) in [("exemplar-1", "other"), ("exemplar-mask-1", "other-mask")] {
        try FileManager.default.copyItem(
          atPath: "\(folder.path)/\(source).png", toPath: place.path("\(target).png"))
      }
    }
    try place.write("method.json", document)
    let run = try await place.run(
      ["method.json", "--param", "steps=5", "--param", "model=./model", "--param", "precision=f32"] + inputs)
    #expect(run.code == 0, "\(run.errors)")
    let picture = try Image.load(from: place.path("out/picture.png"))
    let expected = try Image.load(from: folder.appending(path: "picture-0.png").path)
    #expect(try picture.difference(from: expected).statistics().overall.maximum <= 1)
  }

  @Test("the whole way from a large scene: nothing changes outside the mask, and baselines take its place")
  func whole() async throws {
    let place = try Workplace()
    try place.furnish()
    let arguments = inputs(place.folder.path)
    let painted = try await place.run(
      [pipeline("paint-by-example"), "--param", "steps=2", "--param", "blend=poisson"] + arguments + model)
    #expect(painted.code == 0, "\(painted.errors)")
    let report = try JSONValue(parsing: String(decoding: place.read("out/change.json"), as: UTF8.self))
    #expect(report["outside"]?["changed"]?.integer == 0, "\(report)")
    let sceneSize = try Image.load(from: place.path("scene.png")).sizeDescription
    #expect(try Image.load(from: place.path("out/picture.png")).sizeDescription == sceneSize)
    for method in ["copy-paste", "paint-by-example", "objectstitch"] {
      try place.write(
        "edit.json",
        """
        {"formatVersion": 1, "inputs": {"scene": "image", "mask": "mask", "exemplar": "image"},
         "stages": {"paint": {"use": "copy-paste", "in": {"scene": "inputs.scene", "mask": "inputs.mask",
                              "exemplar": "inputs.exemplar"}}},
         "outputs": {"picture": "paint.picture", "change": "paint.change"}}
        """)
      let swapped = try await place.run(
        ["edit.json", "--swap", "paint=\(pipeline(method))"] + arguments
          + (method == "copy-paste"
            ? []
            : ["model=\(Self.reference.path)/model", "steps=2", "size=64", "precision=f32"].flatMap {
              ["--set", "paint.\($0)"]
            }))
      #expect(swapped.code == 0, "\(method): \(swapped.errors)")
    }
  }

  @Test("what is pasted is told apart from what is sampled, and what lies outside it stays")
  func pastedApart() async throws {
    let place = try Workplace()
    try place.furnish()
    let ring = try place.mask(width: 48, height: 32).difference(
      from: Image.filled(width: 12, height: 4, colour: [255]).embedded(x: 18, y: 14, width: 48, height: 32))
    try ring.cast(to: .uint8).write(to: place.path("mask.png"))
    let arguments =
      [pipeline("paint-by-example"), "--param", "steps=1"] + inputs(place.folder.path) + model
      + ["sampleGrow=4", "minimumCrop=30", "maximumCrop=40", "blend=hard"].flatMap { ["--param", $0] }
    // A box of 24 × 16 with a hole of 12 × 4, and what it is with more.
    for (settings, count) in [
      (["fill=none"], 336), (["fill=holes"], 384), (["fill=box", "pasteGrow=1"], 464),
    ] {
      let run = try await place.run(arguments + settings.flatMap { ["--param", $0] })
      #expect(run.code == 0, "\(run.errors)")
      let report = try JSONValue(parsing: String(decoding: place.read("out/change.json"), as: UTF8.self))
      #expect(report["outside"]?["changed"]?.integer == 0, "\(report)")
      #expect(report["inside"]?["total"]?.integer == count, "\(report)")
      #expect(try #require(report["inside"]?["changed"]?.integer) > count * 9 / 10, "\(report)")
    }
  }

  @Test("several holes are painted one after the other, and one alone is refused before anything is painted")
  func severalHoles() async throws {
    let place = try Workplace()
    try place.furnish()
    let arguments =
      [pipeline("several-holes"), "--param", "steps=1", "--json"] + inputs(place.folder.path) + model
    let refused = try await place.run(arguments)
    #expect(refused.code == 4 && refused.text.contains("the mask has 1 part, not 2"), "\(refused.text)")
    let painted = refused.text.split(separator: "\n").filter {
      $0.contains(#""event":"finished""#) && $0.contains(#""step":"largest/paint/paint""#)
    }
    #expect(painted.isEmpty, "\(refused.text)")
    let hole = try Image.filled(width: 10, height: 12, colour: [255])
    let both = try hole.embedded(x: 2, y: 3, width: 48, height: 32)
      .maximum(hole.cropped(x: 0, y: 0, width: 9, height: 12).embedded(x: 39, y: 20, width: 48, height: 32))
    try both.write(to: place.path("mask.png"))
    let run = try await place.run(arguments)
    #expect(run.code == 0, "\(run.text)\(run.errors)")
    let report = try JSONValue(parsing: String(decoding: place.read("out/change.json"), as: UTF8.self))
    #expect(report["outside"]?["changed"]?.integer == 0, "\(report)")
    #expect(try #require(report["inside"]?["changed"]?.integer) > 180, "\(report)")
  }

  @Test("a mask that covers everything is refused before a network runs, or else painted")
  func coveringMask() async throws {
    let place = try Workplace()
    try place.furnish()
    let scene = try Image.load(from: place.path("scene.png"))
    try Image.filled(width: scene.width, height: scene.height, colour: [255])
      .write(to: place.path("mask.png"))
    let arguments =
      [pipeline("paint-by-example"), "--json", "--param", "steps=1"] + inputs(place.folder.path) + model
    for refused in [["match=1"], ["match=0", "blend=poisson"]] {
      let run = try await place.run(arguments + refused.flatMap { ["--param", $0] })
      #expect(run.code == 4 && run.text.contains("mask"), "\(run.text)")
      for stage in ["exemplar.encode", "latent.inpaint"] {
        #expect(!run.text.contains(#""stage":"\#(stage)""#), "\(run.text)")
      }
    }
    for blend in ["feather", "multiband"] {
      let run = try await place.run(arguments + ["--param", "match=0", "--param", "blend=\(blend)"])
      #expect(run.code == 0, "\(run.errors)")
      let painted = try Image.load(from: place.path("out/picture.png"))
      #expect(try painted.difference(from: scene).statistics().overall.mean > 5)
    }
  }

  @Test("a mask of which the latents keep nothing is an error that says how to widen it")
  func thinMask() async throws {
    let place = try Workplace()
    let scene = try Image.load(from: Self.reference.appending(path: "scene.png").path)
    let dot = try Image.filled(width: 1, height: 1, colour: [255])
    try dot.embedded(x: 3, y: 3, width: scene.width, height: scene.height).write(to: place.path("dot.png"))
    let ending = try await place.run(
      [
        pipeline("paint-by-example-raw"), "--param", "steps=1", "--input", "mask=\(place.path("dot.png"))",
      ] + ["scene", "exemplar"].flatMap { ["--input", "\($0)=\(Self.reference.path)/\($0).png"] } + model)
    #expect(ending.code != 0 && ending.errors.contains("too thin"), "\(ending.errors)")
    #expect(ending.errors.contains("\"grow\""), "\(ending.errors)")
  }

  @Test("what the mask or the weights alone decide is said before any network runs")
  func before() async throws {
    let place = try Workplace()
    let scene = try Image.load(from: Self.reference.appending(path: "scene.png").path)
    let dot = try Image.filled(width: 1, height: 1, colour: [255])
    try dot.embedded(x: 3, y: 3, width: scene.width, height: scene.height).write(to: place.path("dot.png"))
    try FileManager.default.copyItem(
      at: Self.reference.appending(path: "model"), to: URL(filePath: place.path("broken")))
    let decoder = "broken/vae/diffusion_pytorch_model.safetensors"
    let encoder = "broken/image_encoder/model.safetensors"
    try Data(contentsOf: URL(filePath: place.path(encoder))).write(to: URL(filePath: place.path(decoder)))
    for (arguments, fault) in [
      (model + ["--input", "mask=\(place.path("dot.png"))"], "too thin"),
      (
        ["--param", "model=\(place.path("broken"))", "--input", "mask=\(Self.reference.path)/mask.png"],
        "decoder.conv_in.weight"
      ),
    ] {
      let ending = try await place.run(
        [pipeline("paint-by-example-raw"), "--json", "--no-cache", "--param", "steps=1"] + arguments
          + ["scene", "exemplar"].flatMap { ["--input", "\($0)=\(Self.reference.path)/\($0).png"] })
      #expect(ending.code == 4, "\(ending.errors)")
      #expect((ending.text + ending.errors).contains(fault), "\(ending.errors)")
      #expect(!ending.text.contains("exemplar.encode"), "\(ending.text)")
    }
  }

  @Test("a row of the sheet that shows a model runs, at the size that is asked for")
  func sweep() async throws {
    let place = try Workplace()
    let ending = try await place.run(
      [pipeline("show-guidance-row"), "--param", "steps=1", "--param", "size=64"] + model)
    #expect(ending.code == 0, "\(ending.errors)")
    #expect(try Image.load(from: place.path("out/row.png")).sizeDescription == "1346×162")
  }

  @Test(
    "without the model nothing runs, and the command that fetches it is said",
    arguments: [
      "paint-by-example", "paint-by-example-raw", "naive-all-tokens", "guidance-sweep",
    ])
  func missingModel(name: String) async throws {
    let place = try Workplace()
    let ending = try await place.run([pipeline(name)] + inputs())
    #expect(ending.code == 5)
    #expect(ending.errors.contains("pipeline-run models pull paint-by-example"), "\(ending.errors)")
    #expect(!place.exists("out"))
    // It can be checked and drawn by name all the same.
    #expect(try await place.run(["validate", pipeline(name)]).code == 0)
  }

  @Test(
    "a raw run by text gives the reference's picture, of nine channels and of four",
    arguments: ["text", "text-blended"])
  func rawText(name: String) async throws {
    let place = try Workplace()
    let fixture = Self.reference.deletingLastPathComponent().appending(path: name)
    let reference = try JSONValue(
      parsing: String(contentsOf: fixture.appending(path: "case.json"), encoding: .utf8))
    var arguments = [pipeline("stable-diffusion-inpainting-raw"), "--param", "model=\(fixture.path)/model"]
    arguments += ["scene", "mask"].flatMap { ["--input", "\($0)=\(fixture.path)/\($0).png"] }
    arguments += ["--param", "steps=5", "--param", "precision=f32"]
    for name in ["prompt", "negative", "seed"] {
      let value = try #require(reference[name])
      arguments += ["--param", "\(name)=\(value.string ?? "\(value.integer ?? 0)")"]
    }
    let ending = try await place.run(arguments)
    #expect(ending.code == 0, "\(ending.errors)")
    let picture = try Image.load(from: place.path("out/picture.png"))
    let expected = try Image.load(from: fixture.appending(path: "picture-0.png").path)
    #expect(try picture.difference(from: expected).statistics().overall.maximum <= 1)
  }

  @Test("painting by text takes the place of painting by exemplar, and says what it cannot do")
  func text() async throws {
    let place = try Workplace()
    let arguments = [pipeline("stable-diffusion-inpainting"), "--param", "steps=2"] + inputs()
    let fixture = Self.reference.deletingLastPathComponent().appending(path: "text/model").path
    let painting = arguments + ["--param", "model=\(fixture)"]
    var pictures: [Data] = []
    for prompt in ["a red cat", "a cat " + String(repeating: "on the sea ", count: 9)] {
      let ending = try await place.run(painting + ["--param", "prompt=\(prompt)"])
      #expect(ending.code == 0, "\(ending.errors)")
      #expect(ending.errors.contains("left out is: ") == (prompt.count > 40), "\(ending.errors)")
      pictures.append(try place.read("out/picture.png"))
      let report = try JSONValue(parsing: String(decoding: place.read("out/change.json"), as: UTF8.self))
      #expect(report["outside"]?["changed"]?.integer == 0, "\(report)")
    }
    #expect(pictures[0] != pictures[1])
    let velocity = Self.reference.deletingLastPathComponent().appending(path: "text-velocity/model").path
    let mixed = try await place.run(
      painting + ["--param", "prompt=x", "--set", "paint/concept.model=\(velocity)"])
    #expect(
      mixed.errors.contains("takes tokens 12 wide, those of the condition are 16 wide"), "\(mixed.errors)")
    #expect(mixed.code != 0 && !mixed.errors.contains("concept: "), "\(mixed.errors)")
    let none = try await place.run(painting + ["--param", "prompt=x", "--param", "strength=0.1"])
    #expect(none.code != 0 && none.errors.contains("0.1 of 2 steps is none"), "\(none.errors)")
    let other = try await place.run(arguments + ["--param", "prompt=x"] + model)
    #expect(other.code != 0 && other.errors.contains("it has no text encoder"), "\(other.errors)")
  }

  @Test(
    "Blended Latent Diffusion runs by its document, and says what does not go with it before anything runs")
  func blendedLatentDiffusion() async throws {
    let place = try Workplace()
    let fixture = Self.reference.deletingLastPathComponent().appending(path: "text-blended/model").path
    let arguments =
      [pipeline("blended-latent-diffusion"), "--param", "steps=4", "--param", "prompt=a red cat"] + inputs()
      + ["--param", "model=\(fixture)"]
    let ending = try await place.run(arguments)
    #expect(ending.code == 0, "\(ending.errors)")
    let report = try JSONValue(parsing: String(decoding: place.read("out/change.json"), as: UTF8.self))
    #expect(report["outside"]?["changed"]?.integer == 0, "\(report)")
    #expect((report["inside"]?["changed"]?.integer ?? 0) > 0, "\(report)")
    let other = try await place.run(arguments + ["--set", "latents.sampler=euler"])
    #expect(other.code == 3, "\(other.errors)")
    #expect(other.errors.contains("euler does not start in the middle of a run from noise alone; ddim does"))
  }

  @Test(
    "an exemplar beside a prompt, by the IP-Adapter's document; what does not belong together is said first")
  func adapter() async throws {
    let place = try Workplace()
    let fixtures = Self.reference.deletingLastPathComponent()
    let arguments =
      [pipeline("ip-adapter"), "--param", "steps=2"] + inputs()
      + [
        "model=\(fixtures.path)/text/model", "encoder=\(fixtures.path)/ip-adapter/image_encoder",
      ].flatMap { ["--param", $0] }
    let adapter = ["--param", "adapter=\(fixtures.path)/ip-adapter/adapter.safetensors"]
    var pictures: [Data] = []
    for scale in ["1", "0"] {
      let ending = try await place.run(arguments + adapter + ["--param", "scale=\(scale)"])
      #expect(ending.code == 0, "\(ending.errors)")
      let report = try JSONValue(parsing: String(decoding: place.read("out/change.json"), as: UTF8.self))
      #expect(report["outside"]?["changed"]?.integer == 0, "\(report)")
      pictures.append(try place.read("out/picture.png"))
    }
    #expect(pictures[0] != pictures[1])
    for (others, fault) in [
      (adapter + ["--set", "latents.adapter=null"], "name the adapter that made them"),
      (adapter + ["--set", "latents.model=\(fixtures.path)/text-velocity/model"], "12 wide"),
      (
        ["--param", "adapter=\(Self.reference.path)/model/vae/diffusion_pytorch_model.safetensors"],
        "no IP-Adapter"
      ),
      ([], "pipeline-run models pull ip-adapter-sd15"),
    ] {
      let ending = try await place.run(arguments + others)
      #expect([3, 5].contains(ending.code) && ending.errors.contains(fault), "\(ending.errors)")
    }
  }

  @Test("every ready-made document of the paper runs, and guidance makes a difference")
  func documents() async throws {
    let place = try Workplace()
    for name in ["naive-all-tokens", "guidance-sweep"] {
      let ending = try await place.run([pipeline(name), "--param", "steps=2"] + inputs() + model)
      #expect(ending.code == 0, "\(name): \(ending.errors)")
    }
    #expect(place.exists("out/picture.png") && place.exists("out/sheet.png"))
  }

  @Test(
    "narrower arithmetic gives nearly the same picture, and counts as another one",
    arguments: ["bf16", "f16"])
  func precision(word: String) async throws {
    let place = try Workplace()
    let arguments = [pipeline("paint-by-example-raw"), "--param", "steps=5"] + inputs() + model.prefix(2)
    let ending = try await place.run(arguments + ["--param", "precision=\(word)"])
    #expect(ending.code == 0, "\(ending.errors)")
    let picture = try Image.load(from: place.path("out/picture.png"))
    let expected = try Image.load(from: Self.reference.appending(path: "picture-0.png").path)
    #expect(try picture.difference(from: expected).statistics().overall.mean < 3)
    let reference = try await place.run(arguments + ["--param", "precision=f32", "--json"])
    #expect(reference.text.contains(#""cached":0"#), "\(reference.text)")
    let automatic = try await place.run(["resolve"] + arguments + ["--param", "precision=auto"])
    #expect(!automatic.text.contains(#""precision": "auto""#), "\(automatic.text)")
  }

  @Test("compiled networks are kept on disk if asked for, and give the same picture from there")
  func compiledNetworks() async throws {
    let place = try Workplace()
    let arguments =
      [pipeline("paint-by-example-raw"), "--param", "steps=2", "--no-cache"] + inputs() + model
    func picture(_ options: String...) async throws -> [UInt8] {
      let ending = try await place.run(arguments + options)
      #expect(ending.code == 0, "\(ending.errors)")
      return try Image.load(from: place.path("out/picture.png")).pixels()
    }
    let plain = try await picture()
    #expect(!place.exists("cache/compiled"))
    #expect(try await picture("--keep-compiled") == plain)
    let kept = try FileManager.default.contentsOfDirectory(atPath: place.path("cache/compiled"))
    // Exemplar encoder, picture encoder, denoiser, picture decoder.
    #expect(kept.count == 4)
    #expect(try await picture("--keep-compiled") == plain)
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path("cache/compiled")).count == 4)
    #expect(try await place.run("cache", "info").text.contains("compiled 4 networks"))
    #expect(try await place.run("cache", "clear").text.contains("4 compiled networks"))
    #expect(!place.exists("cache/compiled"))
  }

  @Test("odd sizes, 16 bits, several samples, previews and blending at every step")
  func variety() async throws {
    let place = try Workplace()
    let scene = (0..<61 * 43 * 3).map { UInt16($0 * 331 % 65521) }
    try Image(pixels: scene, width: 61, height: 43, bands: 3).write(to: place.path("scene.png"))
    try place.mask(width: 61, height: 43).write(to: place.path("mask.png"))
    let exemplar = try Image(
      pixels: (0..<20 * 24 * 4).map { UInt8($0 * 13 % 241) }, width: 20, height: 24, bands: 4)
    try exemplar.write(to: place.path("exemplar.png"))
    try place.write(
      "edit.json",
      """
      {"formatVersion": 1, "inputs": {"scene": "image", "mask": "mask", "exemplar": "image"},
       "params": {"model": {"type": "path"}, "precision": {"type": "string"}},
       "stages": {
         "concept": {"use": "exemplar.encode", "in": {"image": "inputs.exemplar"},
           "set": {"model": {"$param": "model"}, "precision": {"$param": "precision"}, "preprocessing": "authors"}},
         "paint": {"use": "latent.inpaint",
           "in": {"scene": "inputs.scene", "mask": "inputs.mask", "condition": "concept.condition"},
           "set": {"model": {"$param": "model"}, "precision": {"$param": "precision"}, "steps": 4, "samples": 2,
                   "sampler": "dpm++2m", "sigmas": "karras", "guidanceEnd": 0.5, "blend": "every-step", "preview": 2,
                   "seeding": "authors", "maskResampling": "authors", "maskThreshold": null}},
         "second": {"use": "latent.decode", "in": {"latent": "paint.latent"},
           "set": {"model": {"$param": "model"}, "precision": {"$param": "precision"}, "sample": 2, "depth": "16"}}},
       "outputs": {"picture": "second.image", "latent": "paint.latent"}}
      """)
    let ending = try await place.run(["edit.json", "--json"] + inputs(place.folder.path) + model)
    #expect(ending.code == 0, "\(ending.text)\(ending.errors)")
    #expect(ending.text.split(separator: "\n").count { $0.contains(#""event":"previewed""#) } == 2)
    let picture = try Image.load(from: place.path("out/picture.png"))
    #expect((picture.width, picture.height, picture.format) == (61, 43, .uint16))
    #expect(place.exists("out/latent.safetensors"))
    let third = try await place.run(
      ["edit.json", "--set", "second.sample=3"] + inputs(place.folder.path) + model)
    #expect(third.code == 4 && third.errors.contains("there is no sample 3"), "\(third.errors)")
  }

  @Test(
    "a ready-made document's preset is planned with what it sets, told of, and given way to what is said beside it"
  )
  func presets() async throws {
    let place = try Workplace()
    let arguments = [pipeline("paint-by-example-raw"), "--json"] + inputs() + model
    let plan = try await place.run(["plan"] + arguments + ["--preset", "draft"])
    let json = try JSONValue(parsing: plan.text)
    #expect(json["preset"]?["name"]?.string == "draft" && json["preset"]?["help"]?.string?.isEmpty == false)
    let help = try await place.run("stages", pipeline("paint-by-example-raw"))
    for name in ["draft", "balanced", "reference"] { #expect(help.text.contains("\n  \(name)")) }
    let run = try await place.run(
      [pipeline("paint-by-example-raw"), "--preset", "draft", "--param", "steps=2", "--report"] + inputs()
        + model)
    #expect(run.code == 0, "\(run.errors)")
    let resolved = try await place.run(
      ["resolve", pipeline("paint-by-example-raw"), "--preset", "draft", "--param", "steps=2"] + inputs()
        + model)
    #expect(try JSONValue(parsing: resolved.text)["stages"]?["paint"]?["set"]?["steps"] == 2)
    #expect(try String(contentsOfFile: place.path("out/report.html"), encoding: .utf8).contains("draft: "))
  }

  @Test("a tiny decoder makes drafts, and previews as large as the scene; one of other latents is refused")
  func tinyDecoder() async throws {
    let place = try Workplace()
    let tiny = Workplace.repository.appending(path: "Tests/NetworksTests/Fixtures/tiny").path
    let arguments =
      [pipeline("paint-by-example-raw"), "--param", "steps=3", "--json"] + inputs() + model
    let exact = try await place.run(arguments + ["--out", "exact"])
    #expect(exact.code == 0, "\(exact.errors)")
    let draft = try await place.run(
      arguments + [
        "--set", "picture.decoder=\(tiny)", "--set", "paint.preview=2", "--set",
        "paint.previewDecoder=\(tiny)",
      ])
    #expect(draft.code == 0, "\(draft.errors)")
    let pictures = try ["out", "exact"].map { try Image.load(from: place.path("\($0)/picture.png")) }
    #expect((pictures[0].width, pictures[0].height) == (pictures[1].width, pictures[1].height))
    #expect(try pictures[0].difference(from: pictures[1]).statistics().overall.maximum > 1)
    let events = draft.text.split(separator: "\n").filter { $0.contains(#""event":"previewed""#) }
    // Three steps of PNDM are four of the network.
    #expect(events.count == 2)
    let encoded = try #require(events.first?.firstMatch(of: /"base64":"([^"]+)"/)?.1)
    try #require(Data(base64Encoded: String(encoded))).write(
      to: place.folder.appending(path: "preview.png"))
    let preview = try Image.load(from: place.path("preview.png"))
    #expect((preview.width, preview.height) == (pictures[0].width, pictures[0].height))

    let refused = try await place.run(
      pipeline("round-trip"), "--param", "model=\(Workplace.repository.path)/Models/paint-by-example-128",
      "--set",
      "decode.decoder=\(tiny)")
    #expect(refused.code == 3 && refused.errors.contains("4 channels"), "\(refused.errors)")
  }

  @Test("an interruption between two steps ends the run with its code and leaves no result")
  func interrupted() async throws {
    let place = try Workplace()
    // The largest of the small models, so that it would take minutes.
    let wide = Workplace.repository.appending(path: "Tests/ParityTests/Fixtures/wide").path
    let program = try place.start(
      [
        pipeline("paint-by-example-raw"), "--param", "steps=900", "--set", "paint.samples=64", "--param",
        "precision=f32", "--param", "model=\(wide)/model",
      ] + inputs(wide))
    try await program.wait { try program.errors.contains("concept") }
    program.signal(SIGINT)
    let ending = try await program.end()
    #expect(ending.code == 130, "\(ending.errors)")
    #expect(!place.exists("out/picture.png"))
  }
}
