import Foundation
import Testing

@testable import Diffusion

@Suite("models as they lie on disks")
struct ModelLayoutTests {
  private static let base = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "ParityTests/Fixtures/base")

  private func withModel(_ body: (URL) throws -> Void) throws {
    try Fixtures.withFolder { folder in
      let place = folder.appending(path: "model")
      try FileManager.default.copyItem(at: Self.base.appending(path: "model"), to: place)
      try body(place)
    }
  }

  @Test("a component's folder alone is a model of that component, with its preprocessing if it has one")
  func alone() throws {
    try withModel { place in
      let encoder = place.appending(path: "image_encoder")
      let model = try DiffusionModel(path: encoder.path)
      let whole = try DiffusionModel(path: place.path)
      #expect(model.components == [.imageEncoder] && model.pipelineClass == "PaintByExampleImageEncoder")
      #expect(try model.exemplarEncoder().configuration == whole.exemplarEncoder().configuration)
      #expect(
        try model.weights(of: .imageEncoder).tensors.count == whole.weights(of: .imageEncoder).tensors.count)
      #expect(
        try model.files().map { URL(filePath: $0).lastPathComponent } == ["config.json", "model.safetensors"])
      #expect(try model.preprocessing().shortEdge == model.exemplarEncoder().configuration.imageSize)
      try FileManager.default.copyItem(
        at: place.appending(path: "feature_extractor/preprocessor_config.json"),
        to: encoder.appending(path: "preprocessor_config.json"))
      #expect(try model.preprocessing() == whole.preprocessing())
      let error = #expect(throws: CheckpointError.self) { try model.autoencoder() }
      #expect(error?.detail.contains("'image_encoder' alone") == true)
      #expect(throws: CheckpointError.self) { try ModelConversion(path: encoder.path) }

      let decoder = try DiffusionModel(path: place.appending(path: "vae").path)
      #expect(decoder.components == [.autoencoder])
      #expect(try decoder.autoencoder().configuration == whole.autoencoder().configuration)
      let inspection = try ModelInspection(path: encoder.path)
      #expect(inspection.isWhole && inspection.components.map(\.name) == ["image_encoder"])
    }
  }

  @Test("a config.json of another class is no model's, and says whose it is")
  func another() throws {
    try Fixtures.withFolder { folder in
      try Data(#"{"architectures": ["BertModel"], "model_type": "bert"}"#.utf8)
        .write(to: folder.appending(path: "config.json"))
      let error = #expect(throws: CheckpointError.self) { try DiffusionModel(path: folder.path) }
      #expect(error?.detail.contains("BertModel") == true)
    }
  }

  @Test("a single file is of the published shape wherever no configuration says another")
  func singleFile() throws {
    let published = UNetConfiguration.paintByExample
    try Fixtures.withFolder { folder in
      let file = folder.appending(path: "model.ckpt")
      try FileManager.default.copyItem(at: Self.base.appending(path: "model.ckpt"), to: file)
      for path in [file.path, folder.path] {
        let model = try DiffusionModel(path: path)
        #expect(
          model.components == [.unet, .autoencoder, .imageEncoder] && model.channelOrder == .paintByExample)
        #expect(try model.unet().configuration == published && model.schedule == .paintByExample)
        #expect(try model.files() == [file.path])
        // The fixture is smaller than that.
        #expect(throws: WeightMismatch.self) { try model.weights(of: .unet) }
      }
      try Data(#"{"_class_name": "StableDiffusionInpaintPipeline"}"#.utf8)
        .write(to: folder.appending(path: "model_index.json"))
      let indexed = try DiffusionModel(path: folder.path)
      #expect(indexed.channelOrder == .stableDiffusion)
      #expect(try indexed.unet().configuration == published && indexed.schedule == .paintByExample)
      #expect(ModelSearch.isModel(folder.path))
    }
  }

  @Test("a byte order mark before any of a model's JSON files is passed over")
  func byteOrderMark() throws {
    try withModel { place in
      let files = FileManager.default.enumerator(at: place, includingPropertiesForKeys: nil)!
      for case let file as URL in files where file.pathExtension == "json" {
        try (Data([0xEF, 0xBB, 0xBF]) + Data(contentsOf: file)).write(to: file)
      }
      let model = try DiffusionModel(path: place.path)
      for component in model.components { _ = try model.weights(of: component) }
      #expect(try model.schedule == DiffusionModel(path: Self.base.appending(path: "model").path).schedule)
      _ = try model.preprocessing()
    }
  }

  @Test(
    "what lies in the place of weights or of a configuration is named",
    arguments: [
      ("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3438354725\n", "3438354725 bytes"),
      ("\n<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
      ("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", "XML"),
      (#"{"error":"Repository not found"}"#, "Repository not found"),
    ])
  func standIns(_ text: String, _ words: String) throws {
    try withModel { place in
      let weights = place.appending(path: "unet/diffusion_pytorch_model.safetensors")
      for file in [weights, place.appending(path: "unet/diffusion_pytorch_model.bin")] {
        try? FileManager.default.removeItem(at: weights)
        try Data(text.utf8).write(to: file)
        let error = #expect(throws: CheckpointError.self) {
          try DiffusionModel(path: place.path).weights(of: .unet)
        }
        #expect(error?.reason == .standIn && error?.detail.contains(words) == true, "\(error!)")
      }
      let index = place.appending(path: "model_index.json")
      try Data(text.utf8).write(to: index)
      let error = #expect(throws: CheckpointError.self) { try DiffusionModel(path: place.path) }
      #expect(error?.reason == .standIn && error?.file == index.path)
    }
  }

  @Test("a link that leads nowhere is named with where it leads: weights, a configuration, a model")
  func brokenLinks() throws {
    try withModel { place in
      func breakLink(_ name: String) throws {
        let file = place.appending(path: name)
        try? FileManager.default.removeItem(at: file)
        try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: "../blobs/0123")
      }
      try breakLink("vae/diffusion_pytorch_model.safetensors")
      let weights = #expect(throws: CheckpointError.self) {
        try DiffusionModel(path: place.path).weights(of: .autoencoder)
      }
      #expect(weights?.description.contains("a link to '../blobs/0123', which is not there") == true)
      try breakLink("model_index.json")
      let index = #expect(throws: CheckpointError.self) { try DiffusionModel(path: place.path) }
      #expect(index?.detail.contains("'../blobs/0123'") == true)
      let link = place.deletingLastPathComponent().appending(path: "other")
      try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: "gone")
      let model = #expect(throws: CheckpointError.self) { try DiffusionModel(path: link.path) }
      #expect(model?.detail.contains("'gone'") == true)
    }
  }
}
