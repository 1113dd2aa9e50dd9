"""The step of training that engine-benchmark takes, by PyTorch and diffusers.

Usage: training-step.py UNET_FOLDER [pictures [side [threads [rounds]]]] [channels-last]
"""

import sys
import time

import torch
from diffusers import UNet2DConditionModel

words = [word for word in sys.argv if word != "channels-last"]
layout = torch.channels_last if "channels-last" in sys.argv else torch.contiguous_format


def number(index, fallback):
    return int(words[index]) if len(words) > index else fallback


pictures, side, rounds = number(2, 1), number(3, 16), number(5, 11)
torch.set_num_threads(number(4, torch.get_num_threads()))
unet = UNet2DConditionModel.from_config(UNet2DConditionModel.load_config(words[1])).to(memory_format=layout)
optimizer = torch.optim.AdamW(unet.parameters(), lr=1e-4)
sample = torch.randn(pictures, unet.config.in_channels, side, side).to(memory_format=layout)
context = torch.randn(pictures, 1, unet.config.cross_attention_dim)
steps = torch.randint(0, 1000, (pictures,))

wall, processor = [], []
for _ in range(rounds + 1):
    start, used = time.perf_counter(), time.process_time()
    optimizer.zero_grad()
    unet(sample, steps, context).sample.square().mean().backward()
    torch.nn.utils.clip_grad_norm_(unet.parameters(), float("inf"))
    optimizer.step()
    wall.append(1000 * (time.perf_counter() - start))
    processor.append(1000 * (time.process_time() - used))


def summary(times):
    ordered = sorted(times[1:])
    return f"median {ordered[len(ordered) // 2]:.1f} ms ({ordered[0]:.1f} to {ordered[-1]:.1f})"


print(f"a step of training, PyTorch {torch.__version__}: {summary(wall)}")
print(f"  of the processor: {summary(processor)}")
