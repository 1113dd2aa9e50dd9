import Diffusion
import Foundation
import Testing

/// A folder with the settings of a model that trains in a second, and no weights.
struct SmallModel {
  let folder: TemporaryFolder
  var path: String { folder.file("shapes").path }

  init() throws {
    folder = try TemporaryFolder()
    try write("model_index.json", Self.index)
    try write("feature_extractor/preprocessor_config.json", Self.preprocessor)
    try write("image_encoder/config.json", Self.encoder)
    try write("scheduler/scheduler_config.json", Self.scheduler)
    try write("unet/config.json", Self.unet)
    try write("vae/config.json", Self.autoencoder)
  }

  private func write(_ name: String, _ text: String) throws {
    let file = folder.file("shapes/\(name)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  private static let index = """
    {
      "_class_name": "PaintByExamplePipeline",
      "feature_extractor": ["transformers", "CLIPImageProcessor"],
      "image_encoder": ["paint_by_example", "PaintByExampleImageEncoder"],
      "scheduler": ["diffusers", "PNDMScheduler"],
      "unet": ["diffusers", "UNet2DConditionModel"],
      "vae": ["diffusers", "AutoencoderKL"]
    }
    """
  private static let preprocessor = """
    {"crop_size": 16, "do_center_crop": true, "do_normalize": true, "do_resize": true,
     "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5], "resample": 3, "size": 16}
    """
  private static let encoder = """
    {"architectures": ["PaintByExampleImageEncoder"], "hidden_act": "quick_gelu", "hidden_size": 16,
     "image_size": 16, "intermediate_size": 32, "layer_norm_eps": 1e-05, "model_type": "clip_vision_model",
     "num_attention_heads": 2, "num_channels": 3, "num_hidden_layers": 4, "patch_size": 8, "projection_dim": 12}
    """
  private static let scheduler = """
    {"_class_name": "PNDMScheduler", "beta_end": 0.012, "beta_schedule": "scaled_linear", "beta_start": 0.00085,
     "num_train_timesteps": 1000, "prediction_type": "epsilon", "set_alpha_to_one": false,
     "skip_prk_steps": true, "steps_offset": 1}
    """
  private static let unet = """
    {"_class_name": "UNet2DConditionModel", "attention_head_dim": 2, "block_out_channels": [8, 16],
     "cross_attention_dim": 12, "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D"], "in_channels": 9,
     "layers_per_block": 1, "norm_num_groups": 4, "out_channels": 4, "sample_size": 16,
     "up_block_types": ["CrossAttnUpBlock2D", "UpBlock2D"]}
    """
  private static let autoencoder = """
    {"_class_name": "AutoencoderKL", "block_out_channels": [8, 8], "down_block_types":
     ["DownEncoderBlock2D", "DownEncoderBlock2D"], "in_channels": 3, "latent_channels": 4, "layers_per_block": 1,
     "norm_num_groups": 4, "out_channels": 3, "sample_size": 32, "scaling_factor": 1.0,
     "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D"]}
    """
}
