#!/usr/bin/env bash
# Draws Pipelines/pictures/world: scenes of the rendered world, with objects that models do not learn from.
# Usage: Scripts/world-pictures.sh PIPELINE-RUN. Needs the vips command (libvips-tools).
set -euo pipefail
cd "$(dirname "$0")/.."
run=${1:?usage: Scripts/world-pictures.sh PIPELINE-RUN}
out=Pipelines/pictures/world
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$out"

# Scenes for Pipelines/show-guidance.json, which holds the boxes around their objects.
"$run" world --count 40 --seed 7 --size 256 --split held-out --out "$scratch/small" --quiet
while read -r number name; do
  vips copy "$scratch/small/0000000$number.png" "$out/$name.jpg[Q=90]"
done <<'NAMES'
11 pumpkin
18 car
19 teapot
31 gift
34 bear
35 duck
39 doughnut
NAMES

# A larger scene with a hole, and an exemplar cut out of another one as references are: the object's box and a margin.
"$run" world --count 65 --seed 21 --size 640 --split held-out --out "$scratch/large" --quiet
vips crop "$scratch/large/000000064.png" "$out/table.jpg[Q=90]" 0 40 640 480
"$run" world --count 12 --seed 7 --size 640 --split held-out --out "$scratch/exemplar" --quiet
vips crop "$scratch/exemplar/000000011.png" "$scratch/pumpkin.png" 64 147 512 427
vips thumbnail "$scratch/pumpkin.png" "$out/table-exemplar.jpg[Q=90]" 256
cat >"$scratch/mask.json" <<'JSON'
{"formatVersion": 1, "inputs": {"scene": "image"},
 "stages": {"hole": {"use": "mask.bezier", "in": {"scene": "inputs.scene"},
                     "set": {"box": [285, 130, 290, 215], "extend": 0.15, "jitterFrom": -2, "jitterTo": 2}}},
 "outputs": {"mask": "hole.mask"}}
JSON
"$run" "$scratch/mask.json" --input scene="$out/table.jpg" --out "$scratch" --quiet --no-cache
cp "$scratch/mask.png" "$out/table-mask.png"
