"""Darkens a picture towards its corners: a worked example of a plugin. Plugins/README.md tells the protocol."""

import json
import sys

import png8


def say(**answer):
    """One answer is one line of JSON on standard output."""
    print(json.dumps(answer), flush=True)


def factors(width, height, y, strength, radius):
    """The brightness that is left of each pixel of row y, from 0 to 1: smooth from the radius to the corners."""
    for x in range(width):
        across, down = (2 * x + 1) / width - 1, (2 * y + 1) / height - 1
        distance = ((across * across + down * down) / 2) ** 0.5
        t = max(0.0, distance - radius) / (1 - radius)
        yield 1 - strength * t * t * (3 - 2 * t)


def vignette(request):
    strength, radius = request["parameters"]["strength"], request["parameters"]["radius"]
    if radius == 1 and strength > 0:
        raise ValueError("a radius of 1 leaves nothing to darken; set strength to 0 or radius below 1")
    width, height, colour, rows, kept = png8.read(request["inputs"]["image"])
    channels = png8.CHANNELS[colour]
    colours = channels if channels in (1, 3) else channels - 1
    for y, row in enumerate(rows):
        if y % 16 == 0:
            say(progress=y / height)
        for x, factor in enumerate(factors(width, height, y, strength, radius) if strength else ()):
            for i in range(x * channels, x * channels + colours):
                row[i] = int(row[i] * factor + 0.5)
    png8.write(request["outputs"]["image"], width, height, colour, rows, kept)


try:
    vignette(json.load(sys.stdin))
except ValueError as error:
    say(error=str(error))
    sys.exit(1)
