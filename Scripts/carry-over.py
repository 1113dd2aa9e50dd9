#!/usr/bin/env python3
"""Gives a denoiser to an autoencoder of other latents: one that was trained on the latents of another, with its first and last
convolution put behind and before the linear maps between the two (ridge regression over pictures' latents). It is where
Models/paint-by-example-128 began its training; trained so, its loss is from the first step on where a random one's is after
thousands.

Usage: Scripts/carry-over.py MODEL AUTOENCODER PICTURES OUT

MODEL is the denoiser's model, AUTOENCODER a folder with the other vae, PICTURES a folder of PNGs such as
`pipeline-run world --count 60 --size 128 --glyphs --seed 5 --out PICTURES` makes, OUT the new model's folder.
Needs: pip install diffusers transformers torch safetensors pillow==11.3
"""

import glob
import json
import os
import shutil
import sys

import numpy
import torch
from diffusers import AutoencoderKL
from PIL import Image
from safetensors.torch import load_file, save_file

# What keeps the maps small where latents say little: into the network strongly, for its features were trained on clean
# latents and now see what regression leaves; out of it a little.
INTO, OUT_OF = 0.7, 0.02
# Random weights beside them, without which what the old latents did not say could not be learnt from.
FRESH, FRESH_OUT = 0.02, 0.006


def latents(autoencoder, pictures):
    """Of all pixels of all pictures, scaled: [pixels, channels]."""
    vae = AutoencoderKL.from_pretrained(os.path.join(autoencoder, "vae"), torch_dtype=torch.float32).eval()
    found = []
    with torch.no_grad():
        for path in pictures:
            levels = torch.from_numpy(numpy.asarray(Image.open(path).convert("RGB")).copy()).float()
            mean = vae.encode(levels.permute(2, 0, 1)[None] / 127.5 - 1).latent_dist.mean[0]
            found.append((mean * vae.config.scaling_factor).permute(1, 2, 0).flatten(0, 1))
    return torch.cat(found).double()


def ridge(source, target, strength):
    """The map [target channels, source channels] from one to the other."""
    penalty = strength * len(source) * torch.eye(source.shape[1], dtype=source.dtype)
    return torch.linalg.solve(source.T @ source + penalty, source.T @ target).T.float()


def main(model, autoencoder, pictures, out):
    torch.manual_seed(0)
    files = sorted(glob.glob(os.path.join(pictures, "*.png")))
    old, new = latents(model, files), latents(autoencoder, files)
    into, out_of = ridge(new, old, INTO), ridge(old, new, OUT_OF)
    count, before = new.shape[1], old.shape[1]

    for part in ["feature_extractor", "image_encoder", "scheduler"]:
        shutil.copytree(os.path.join(model, part), os.path.join(out, part))
    shutil.copytree(os.path.join(autoencoder, "vae"), os.path.join(out, "vae"))
    shutil.copy(os.path.join(model, "model_index.json"), out)

    weights = {}
    for path in glob.glob(os.path.join(model, "unet", "*.safetensors")):
        weights.update({name: value.float() for name, value in load_file(path).items()})
    first, last = weights["conv_in.weight"], weights["conv_out.weight"]
    carried = torch.zeros(first.shape[0], 2 * count + 1, 3, 3)
    for group in range(2):
        part = first[:, group * before:(group + 1) * before]
        carried[:, group * count:(group + 1) * count] = torch.einsum("ochw,ci->oihw", part, into)
    carried[:, 2 * count] = first[:, 2 * before]
    carried[:, :2 * count] += FRESH * torch.randn(carried[:, :2 * count].shape)
    weights["conv_in.weight"] = carried
    weights["conv_out.weight"] = torch.einsum("ij,jchw->ichw", out_of, last) + FRESH_OUT * torch.randn(
        count, *last.shape[1:])
    weights["conv_out.bias"] = out_of @ weights["conv_out.bias"]

    os.makedirs(os.path.join(out, "unet"))
    save_file(weights, os.path.join(out, "unet", "diffusion_pytorch_model.safetensors"))
    with open(os.path.join(model, "unet", "config.json")) as file:
        configuration = json.load(file)
    configuration.update(in_channels=2 * count + 1, out_channels=count)
    with open(os.path.join(out, "unet", "config.json"), "w") as file:
        json.dump(configuration, file, indent=2, sort_keys=True)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
