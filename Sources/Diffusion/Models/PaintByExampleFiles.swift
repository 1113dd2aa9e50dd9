/// The settings Paint by Example was published with, for a single file of weights that comes without any.
///
/// Source: the authors' `configs/v1.yaml`, and the configurations of diffusers' PaintByExamplePipeline.
enum PaintByExampleFiles {
  /// Text of each file, by its path in a diffusers folder.
  static let texts = [
    "model_index.json": """
    {
      "_class_name": "PaintByExamplePipeline",
      "feature_extractor": ["transformers", "CLIPImageProcessor"],
      "image_encoder": ["paint_by_example", "PaintByExampleImageEncoder"],
      "requires_safety_checker": false,
      "safety_checker": [null, null],
      "scheduler": ["diffusers", "PNDMScheduler"],
      "unet": ["diffusers", "UNet2DConditionModel"],
      "vae": ["diffusers", "AutoencoderKL"]
    }

    """,
    "feature_extractor/preprocessor_config.json": """
    {
      "crop_size": 224,
      "do_center_crop": true,
      "do_normalize": true,
      "do_resize": true,
      "feature_extractor_type": "CLIPFeatureExtractor",
      "image_mean": [0.48145466, 0.4578275, 0.40821073],
      "image_std": [0.26862954, 0.26130258, 0.27577711],
      "resample": 3,
      "size": 224
    }

    """,
    "image_encoder/config.json": """
    {
      "architectures": ["PaintByExampleImageEncoder"],
      "attention_dropout": 0.0,
      "hidden_act": "quick_gelu",
      "hidden_size": 1024,
      "image_size": 224,
      "intermediate_size": 4096,
      "layer_norm_eps": 1e-05,
      "model_type": "clip_vision_model",
      "num_attention_heads": 16,
      "num_channels": 3,
      "num_hidden_layers": 24,
      "patch_size": 14,
      "projection_dim": 768
    }

    """,
    "scheduler/scheduler_config.json": """
    {
      "_class_name": "PNDMScheduler",
      "beta_end": 0.012,
      "beta_schedule": "scaled_linear",
      "beta_start": 0.00085,
      "clip_sample": false,
      "num_train_timesteps": 1000,
      "prediction_type": "epsilon",
      "set_alpha_to_one": false,
      "skip_prk_steps": true,
      "steps_offset": 1,
      "trained_betas": null
    }

    """,
    "unet/config.json": """
    {
      "_class_name": "UNet2DConditionModel",
      "act_fn": "silu",
      "attention_head_dim": 8,
      "block_out_channels": [320, 640, 1280, 1280],
      "center_input_sample": false,
      "cross_attention_dim": 768,
      "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
      "downsample_padding": 1,
      "flip_sin_to_cos": true,
      "freq_shift": 0,
      "in_channels": 9,
      "layers_per_block": 2,
      "mid_block_scale_factor": 1,
      "norm_eps": 1e-05,
      "norm_num_groups": 32,
      "out_channels": 4,
      "sample_size": 64,
      "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]
    }

    """,
    "vae/config.json": """
    {
      "_class_name": "AutoencoderKL",
      "act_fn": "silu",
      "block_out_channels": [128, 256, 512, 512],
      "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
      "in_channels": 3,
      "latent_channels": 4,
      "layers_per_block": 2,
      "norm_num_groups": 32,
      "out_channels": 3,
      "sample_size": 512,
      "scaling_factor": 0.18215,
      "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"]
    }

    """,
  ]
}
