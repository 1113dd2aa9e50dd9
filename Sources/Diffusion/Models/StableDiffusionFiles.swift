import Foundations

/// The settings Stable Diffusion was published with, for a single file of weights that comes without any: those of Paint by
/// Example, which goes on from version 1, but for what differs.
///
/// Source: CompVis' and Stability AI's `configs`, and diffusers' configurations of the published models.
enum StableDiffusionFiles {
  /// Text of each file, by its path in a diffusers folder.
  static func texts(_ model: OriginalModel) -> [String: String] {
    var texts = PaintByExampleFiles.texts.filter {
      ["vae", "scheduler"].contains($0.key.prefix { $0 != "/" })
    }
    texts["model_index.json"] = JSONWriter.pretty(index(model))
    texts["unet/config.json"] = JSONWriter.pretty(unet(model.unet))
    texts["text_encoder/config.json"] = model.textEncoder.map { JSONWriter.pretty(textEncoder($0)) }
    return texts
  }

  private static func index(_ model: OriginalModel) -> JSONValue {
    var members: [String: JSONValue] = [
      "_class_name": .string(model.pipelineClass), "feature_extractor": [.null, .null],
      "requires_safety_checker": false, "safety_checker": [.null, .null],
      "scheduler": ["diffusers", "PNDMScheduler"], "tokenizer": ["transformers", "CLIPTokenizer"],
    ]
    for (name, className) in model.networkClasses {
      members[name] = [name == "text_encoder" ? "transformers" : "diffusers", .string(className)]
    }
    return .object(members)
  }

  private static func unet(_ shape: UNetConfiguration) -> JSONValue {
    let down = shape.attends.map { $0 ? "CrossAttnDownBlock2D" : "DownBlock2D" }
    let up = shape.attends.reversed().map { $0 ? "CrossAttnUpBlock2D" : "UpBlock2D" }
    return [
      "_class_name": "UNet2DConditionModel", "act_fn": "silu",
      "attention_head_dim": .array(shape.heads.map { JSONValue($0) }),
      "block_out_channels": .array(shape.blockChannels.map { JSONValue($0) }),
      "cross_attention_dim": .init(shape.contextWidth), "down_block_types": .array(down.map { .string($0) }),
      "flip_sin_to_cos": true, "freq_shift": 0, "in_channels": .init(shape.inputChannels),
      "layers_per_block": .init(shape.layersPerBlock), "norm_eps": 1e-05,
      "norm_num_groups": .init(shape.groups), "out_channels": .init(shape.outputChannels),
      "sample_size": shape.sampleSize.map { JSONValue($0) } ?? .null,
      "up_block_types": .array(up.map { .string($0) }),
      "use_linear_projection": .bool(shape.usesLinearProjection),
    ]
  }

  private static func textEncoder(_ shape: CLIPTextConfiguration) -> JSONValue {
    [
      "architectures": ["CLIPTextModel"], "bos_token_id": 49406, "eos_token_id": 49407,
      "hidden_act": shape.activation == .gelu ? "gelu" : "quick_gelu", "hidden_size": .init(shape.width),
      "intermediate_size": .init(shape.feedForwardWidth), "layer_norm_eps": 1e-05,
      "max_position_embeddings": .init(shape.tokens), "model_type": "clip_text_model",
      "num_attention_heads": .init(shape.heads), "num_hidden_layers": .init(shape.depth),
      "pad_token_id": 1, "vocab_size": .init(shape.vocabularySize),
    ]
  }
}
