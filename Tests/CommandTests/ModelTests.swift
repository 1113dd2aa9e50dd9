import Diffusion
import Foundation
import LoopbackServer
import ProgramTesting
import Synchronization
import Testing

@Suite("the command's models")
struct ModelTests {
  static let store = ".local/share/pipeline-run/models"
  static let whole = "\(store)/paint-by-example"

  private func json(_ text: String) throws -> Any { try JSONSerialization.jsonObject(with: Data(text.utf8)) }

  @Test("a pulled model is listed, fits its networks, and is not fetched a second time")
  func pull() async throws {
    let place = try Workplace()
    let shelf = try TinyModel.shelf()
    let server = try LoopbackServer(shelf.answer)
    let from = server.url.absoluteString
    let first = try await place.run("models", "pull", "paint-by-example", "--from", from)
    #expect(first.code == 0, "\(first.errors)")
    #expect(first.errors.contains("unet/diffusion_pytorch_model.safetensors"))
    #expect(!place.exists("\(Self.whole)/safety_checker"))
    server.forget()
    let second = try await place.run("models", "pull", "paint-by-example", "--from", from)
    #expect(second.code == 0 && second.errors.contains("everything is there already"), "\(second.errors)")
    #expect(server.requests.allSatisfy { !$0.path.hasSuffix("safetensors") })
    let list = try await place.run("models", "list")
    #expect(
      list.text.split(separator: "\n").contains {
        $0.split(separator: " ").prefix(2) == ["paint-by-example", "PaintByExamplePipeline"]
      }, "\(list.text)")
    let published = list.text.components(separatedBy: "to be fetched with")
    #expect(published.count == 2 && !published[1].contains("paint-by-example"))
    #expect(published[1].contains("stable-diffusion-inpainting") && published[1].contains("OpenRAIL-M"))
    let inspection = try await place.run("models", "inspect", "paint-by-example")
    #expect(
      inspection.text.components(separatedBy: "every weight is there and fits").count == 4,
      "\(inspection.text)")
  }

  @Test("SIGINT leaves what has come and no model; the next pull goes on there")
  func interrupted() async throws {
    let place = try Workplace()
    let shelf = try TinyModel.shelf()
    let isSlow = Mutex(true)
    let server = try LoopbackServer { request in
      var answer = shelf.answer(request)
      if isSlow.withLock({ $0 }), answer.body.count > 400_000 {
        (answer.pause, answer.trickles) = (.seconds(1), 49_152)
      }
      return answer
    }
    let arguments = ["models", "pull", "paint-by-example", "--from", server.url.absoluteString]
    let partial = "\(Self.store)/.paint-by-example.partial/unet/diffusion_pytorch_model.safetensors.partial"
    let program = try place.start(arguments)
    try await program.wait { (try? place.read(partial).count) ?? 0 >= 40_000 }
    program.signal(SIGINT)
    let ending = try await program.end()
    #expect(ending.code == 130)
    #expect(ending.errors.contains("pull again to go on"), "\(ending.errors)")
    #expect(!place.exists(Self.whole))
    let kept = try place.read(partial).count
    #expect(kept >= 40_000)
    isSlow.withLock { $0 = false }
    server.forget()
    #expect(try await place.run(arguments + ["--quiet"]).errors == "")
    #expect(
      server.requests.last { $0.path.hasSuffix("unet/diffusion_pytorch_model.safetensors") }?.rangeStart
        == kept)
    for (path, data) in try TinyModel.files() where !path.hasPrefix("safety_checker") {
      #expect(try place.read("\(Self.whole)/\(path)") == data)
    }
  }

  @Test("a killed pull is taken up too")
  func killed() async throws {
    let place = try Workplace()
    let shelf = try TinyModel.shelf()
    let isSlow = Mutex(true)
    let server = try LoopbackServer { request in
      var answer = shelf.answer(request)
      if isSlow.withLock({ $0 }), answer.body.count > 400_000 {
        (answer.pause, answer.trickles) = (.seconds(1), 49_152)
      }
      return answer
    }
    let arguments = ["models", "pull", "paint-by-example", "--from", server.url.absoluteString, "--json"]
    let partial = "\(Self.store)/.paint-by-example.partial/unet/diffusion_pytorch_model.safetensors.partial"
    let program = try place.start(arguments)
    try await program.wait { (try? place.read(partial).count) ?? 0 >= 40_000 }
    program.signal(SIGKILL)
    _ = try await program.end()
    isSlow.withLock { $0 = false }
    let run = try await place.run(arguments)
    #expect(run.code == 0, "\(run.errors)")
    let events = try run.text.split(separator: "\n").map { try json(String($0)) as? [String: Any] }
    #expect(events.first??["event"] as? String == "checking")
    #expect(events.last??["event"] as? String == "done")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: place.path(Self.store)) == ["paint-by-example"])
  }

  @Test("a plain folder of files is pulled under the name it is given")
  func plain() async throws {
    let place = try Workplace()
    let server = try LoopbackServer(try TinyModel.shelf().answer)
    let run = try await place.run(
      "models", "pull", "mine", "--from", "\(server.url.absoluteString)/plain", "--models", "here")
    #expect(run.code == 0 && place.exists("here/mine/unet/config.json"), "\(run.errors)")
  }

  @Test("bytes that are not those that were published are refused, with both checksums")
  func damaged() async throws {
    let place = try Workplace()
    let shelf = try TinyModel.shelf()
    let listing = shelf.listing
    let path = "unet/diffusion_pytorch_model.safetensors"
    let sound = shelf.files.withLock { Shelf.digits(of: $0[path]!, isLarge: true) }
    shelf.files.withLock { $0[path]![1000] ^= 1 }
    let found = shelf.files.withLock { Shelf.digits(of: $0[path]!, isLarge: true) }
    let server = try LoopbackServer { $0.path == shelf.listingPath ? .init(200, listing) : shelf.answer($0) }
    let run = try await place.run("models", "pull", "paint-by-example", "--from", server.url.absoluteString)
    #expect(run.code == 4)
    #expect(run.errors.contains(sound) && run.errors.contains(found), "\(run.errors)")
    #expect(!place.exists(Self.whole))
  }

  @Test(
    "what cannot be pulled is said as a usage fault",
    arguments: [["nothing"], ["../x"], ["a/b/c"], ["paint-by-example", "--from", "ftp://x/y"]])
  func usage(_ arguments: [String]) async throws {
    let place = try Workplace()
    #expect(try await place.run(["models", "pull"] + arguments).code == 2)
  }

  @Test("without the published model, list says how to get it, and where it looked if there is none at all")
  func empty() async throws {
    let place = try Workplace()
    let boxed = try await place.run("models", "list")
    #expect(boxed.code == 0)
    #expect(
      boxed.text.contains("paint-by-example-128")
        && boxed.text.contains("pipeline-run models pull NAME"))
    // The model in the box is found beside the executable, and so not from a copy of it elsewhere.
    try FileManager.default.copyItem(at: Workplace.executable, to: place.folder.appending(path: "copy"))
    let run = try await place.shell("./copy models list --models here")
    #expect(run.code == 0)
    #expect(run.text.contains("here, ") && run.text.contains("pipeline-run models pull NAME"))
    #expect(try await place.shell("./copy models list --json").text == "[]\n")
    let missing = try await place.run("models", "inspect", "paint-by-example")
    #expect(missing.code == 5 && missing.errors.contains("models pull paint-by-example"))
  }

  @Test(
    "a converted model has the precision asked for and the same settings, and fits",
    arguments: ["f16", "bf16", "f32"])
  func convert(precision: String) async throws {
    let place = try Workplace()
    try TinyModel.write(to: place.path("tiny"))
    let run = try await place.run("models", "convert", "tiny", "--out", "made/half", "--as", precision)
    #expect(run.code == 0, "\(run.errors)")
    let inspection = try ModelInspection(path: place.path("made/half"))
    #expect(inspection.isWhole && inspection.scalarTypes.map(\.rawValue) == [precision.uppercased()])
    #expect(try place.read("made/half/unet/config.json") == place.read("tiny/unet/config.json"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path("made")) == ["half"])
    let index =
      try json(String(decoding: place.read("made/half/model_index.json"), as: UTF8.self)) as? [String: Any]
    #expect(index?["unet"] as? [String] == ["diffusers", "UNet2DConditionModel"])
  }

  @Test("a folder that is there is kept, unless --force replaces a model")
  func force() async throws {
    let place = try Workplace()
    try TinyModel.write(to: place.path("tiny"))
    try TinyModel.write(to: place.path("old"))
    #expect(try await place.run("models", "convert", "tiny", "--out", "old", "--as", "f16").code == 2)
    #expect(try ModelInspection(path: place.path("old")).scalarTypes.first == .float32)
    #expect(
      try await place.run("models", "convert", "tiny", "--out", "old", "--as", "f16", "--force").code == 0)
    #expect(try ModelInspection(path: place.path("old")).scalarTypes == [.float16])
    try FileManager.default.createDirectory(atPath: place.path("photos"), withIntermediateDirectories: true)
    try place.write("photos/a.txt", "mine")
    #expect(try await place.run("models", "convert", "tiny", "--out", "photos", "--force").code == 4)
    #expect(place.exists("photos/a.txt"))
  }

  @Test("all weights that do not fit are listed at once, and nothing is written")
  func misfits() async throws {
    let place = try Workplace()
    try TinyModel.write(to: place.path("tiny"))
    for (component, dropped, misshapen) in [
      ("unet", "conv_out.bias", "conv_in.weight"), ("vae", "decoder.conv_out.bias", "encoder.conv_in.weight"),
    ] {
      let path = place.path("tiny/\(component)/diffusion_pytorch_model.safetensors")
      var checkpoint = try Checkpoint(contentsOf: path)
      checkpoint.tensors[misshapen] = checkpoint.tensors.removeValue(forKey: dropped)
      try checkpoint.write(to: path)
    }
    let inspection = try await place.run("models", "inspect", "tiny")
    #expect(inspection.code == 4)
    let run = try await place.run("models", "convert", "tiny", "--out", "made")
    #expect(run.code == 4)
    for text in [inspection.text, run.errors] {
      #expect(text.contains("unet: the weights in") && text.contains("1 missing: conv_out.bias"), "\(text)")
      #expect(text.contains("conv_in.weight is"))
      #expect(text.contains("1 missing: decoder.conv_out.bias") && text.contains("encoder.conv_in.weight is"))
    }
    #expect(!place.exists("made") && !place.exists(".made.converting"))
  }
}
