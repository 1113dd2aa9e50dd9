import ArgumentParser
import Diffusion
import Evaluation
import Foundation
import PaintByExample
import PipelineKit
import Tensors

/// By which weights pictures are seen.
struct EncoderOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Inception-v3's weights, of fid and kid: pytorch-fid's file, by name or path.", valueName: "name"))
  var inception = "inception-fid"

  @Option(
    help: ArgumentHelp(
      "How pictures are brought to Inception's size: \(InceptionResizing.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "rule"))
  var resize = InceptionResizing.pytorchFID

  @Option(
    help: ArgumentHelp(
      "CLIP ViT-B/32's folder, of clip-fid, qs, clip-score and diversity.", valueName: "name"))
  var clip = "clip-vit-b-32"

  @Option(help: ArgumentHelp("CLIP ViT-L/14@336's folder, of cmmd.", valueName: "name"))
  var clipLarge = "clip-vit-l-14-336"

  @Option(help: ArgumentHelp("DINO's or DINOv2's weights, of dino.", valueName: "name"))
  var dino = "dino-vits16"

  @Option(help: ArgumentHelp("DreamSim's folder, of dreamsim.", valueName: "name"))
  var dreamsim = "dreamsim"

  @Option(help: ArgumentHelp("LPIPS' weights, of diversity-lpips.", valueName: "name"))
  var lpips = "lpips-alex"

  @Option(help: ArgumentHelp("What computes: openvino, torch or torch:DEVICE; in f32.", valueName: "name"))
  var engine = ComputeOptions.standardEngine

  @OptionGroup var models: ModelOptions

  func machine() throws -> Machine { try Machine(models: models.search) }

  /// The encoder, its network compiled.
  func encoder(_ kind: PictureEncoder.Kind, _ machine: Machine) async throws -> PictureEncoder {
    let runtime = try machine.services.get(DiffusionRuntime.self)
    let name =
      switch kind {
      case .inception: inception
      case .clip: clip
      case .clipLarge: clipLarge
      }
    let place = try place(name)
    return switch kind {
    case .inception: try await .inception(place, resizing: resize, runtime: runtime)
    case .clip: try await .clip(place, runtime: runtime)
    case .clipLarge: try await .clipLarge(place, runtime: runtime)
    }
  }

  /// Where weights lie, and what computes them.
  ///
  /// - Throws: `MissingDependency`, with the command that fetches them.
  func place(_ name: String) throws -> PictureEncoder.Place {
    let capabilities = try EngineFinder.engine(engine).capabilities
    return PictureEncoder.Place(
      name: name, path: try models.path(of: name),
      engine: "\(capabilities.engine) \(capabilities.version) on \(capabilities.device), f32",
      compute: ComputeOptions(.f32, engine: engine))
  }

  /// The name of weights that stages measure by.
  func name(of weights: StageWeights) -> String {
    switch weights {
    case .clip: clip
    case .dino: dino
    case .dreamsim: dreamsim
    case .lpips: lpips
    }
  }
}

extension InceptionResizing: ExpressibleByArgument {}
extension PictureEncoder.Kind: ExpressibleByArgument {}
