# `make demo` and `make test` work on a fresh machine: they install what is missing first.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help announce smoke bootstrap runtime torch demo docs quick test lint format bench schema install uninstall dist deb deb-test demo-sheet figures show model ablation world clean

DEMO := out/demo
SWIFT_SOURCES := Package.swift $(wildcard Sources Tests Plugins Benchmarks Examples)
# What `make figures` measures and `make show` shows: a model of the rendered world.
MODEL := Models/paint-by-example-128

# What only debuggers read is left out: a sixth of the time that a build takes.
RELEASE := swift build -c release -debug-info-format none

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

bootstrap:
	@Scripts/bootstrap.sh

demo: announce runtime ## builds the program and paints with the model in the box: Pipelines/demo.json
	$(RELEASE) --product pipeline-run
	.build/release/pipeline-run Pipelines/demo.json --out $(DEMO)
	@echo "The result lies in $(CURDIR)/$(DEMO):"; ls $(DEMO)

announce:
	@test -x .build/release/pipeline-run || echo "The first time, this installs by apt what is missing (libvips and others, \
	140 MB), fetches OpenVINO's runtime (60 MB) and three Swift packages (10 MB), and builds for three to four minutes on two cores."

runtime: bootstrap ## fetches the OpenVINO runtime, which diffusion runs on
	@Scripts/install-openvino.sh

torch: ## builds the shim for libtorch: $PIPELINE_TORCH, else Debian's libtorch-dev, which it installs
	@Scripts/bootstrap.sh --training
	@Scripts/build-torch.sh

test: runtime ## builds everything and runs the whole test suite
	swift build --build-tests
	swift test --skip-build --disable-xctest --no-parallel

# All that runs no network, no training and not the built command, by target.
LONG_TESTS = ^(CommandTests|NetworksTests|ParityTests|TrainingTests)\.

quick: runtime ## builds everything and runs the tests that take seconds: all but those of LONG_TESTS
	swift build --build-tests
	swift test --skip-build --disable-xctest --no-parallel --skip '$(LONG_TESTS)'

smoke: demo ## runs the optimized program, which is not what the tests build: the demo, a batch and a replay
	rm -rf out/smoke
	.build/release/pipeline-run batch Experiments/guidance-and-seeds.json --param steps=4 --out out/smoke/batch --no-cache --quiet
	.build/release/pipeline-run batch Experiments/folder.json --out out/smoke/folder --no-cache --quiet
	.build/release/pipeline-run replay out/smoke/batch/guidance-3-seed-322/picture.png --out out/smoke/again.png
	cmp out/smoke/batch/guidance-3-seed-322/picture.png out/smoke/again.png

lint: ## the formatter's own rules, warnings counted as errors
	swift format lint --strict --recursive --parallel $(SWIFT_SOURCES)

format: ## rewrites the sources the way `make lint` wants them
	swift format --in-place --recursive --parallel $(SWIFT_SOURCES)

bench: bootstrap ## measures; takes minutes and wants a quiet machine
	@test -x Benchmarks/run || { echo "make bench: there is no Benchmarks/run to call" >&2; exit 1; }
	$(RELEASE)
	Benchmarks/run

schema: ## writes Schemas anew, after a stage or the form of documents has changed
	swift build --product pipeline-run
	.build/debug/pipeline-run schema > Schemas/pipeline-1.json
	.build/debug/pipeline-run schema --experiments > Schemas/experiment-1.json

# Where `make install` puts the program; DESTDIR stands before it while a package is made.
PREFIX ?= /usr/local
DESTDIR ?=
VERSION := $(shell sed -n 's/.*static let version = "\(.*\)".*/\1/p' Sources/PaintByExample/Release.swift)
ARCHITECTURE := $(shell uname -m)
# The Swift runtime is linked in. A folder of its own, for a build with other options starts from nothing.
BUILD_STANDALONE := $(RELEASE) --static-swift-stdlib --product pipeline-run --scratch-path .build-standalone

install: runtime ## builds the program and installs it: make install PREFIX=/usr/local
	$(BUILD_STANDALONE)
	Scripts/install.sh install "$(PREFIX)" "$(DESTDIR)"

uninstall: ## takes away what make install put into PREFIX
	Scripts/install.sh uninstall "$(PREFIX)" "$(DESTDIR)"

dist: runtime ## makes an archive that runs wherever it is unpacked: out/pipeline-run-$(VERSION)-linux-$(ARCHITECTURE).tar.gz
	$(BUILD_STANDALONE)
	rm -rf out/dist && Scripts/install.sh install /pipeline-run-$(VERSION) $(CURDIR)/out/dist
	tar -C out/dist --owner=0 --group=0 -czf out/pipeline-run-$(VERSION)-linux-$(ARCHITECTURE).tar.gz pipeline-run-$(VERSION)
	rm -rf out/dist; ls -l out/*.tar.gz

deb: runtime ## makes a Debian package: out/pipeline-run_$(VERSION)_*.deb
	$(BUILD_STANDALONE)
	Packaging/build-deb.sh $(VERSION)

deb-test: ## installs the package in a bare Debian, runs the demo there, and removes it (as root, with debootstrap)
	Packaging/test-deb.sh out/pipeline-run_$(VERSION)_*.deb

docs: bootstrap ## writes the documentation of the library PaintByExample into out/docs
	swift build --product PaintByExample --scratch-path .build-docs \
	  -Xswiftc -emit-symbol-graph -Xswiftc -emit-symbol-graph-dir -Xswiftc $(CURDIR)/.build-docs/graphs
	docc convert Sources/PaintByExample/PaintByExample.docc --additional-symbol-graph-dir .build-docs/graphs \
	  --fallback-display-name PaintByExample --fallback-bundle-identifier PaintByExample --output-path out/docs
	@echo "The documentation lies in $(CURDIR)/out/docs; look at it with: docc preview, or any web server"

demo-sheet: demo ## draws the picture in the README
	vips copy $(DEMO)/sheet.png "Pipelines/pictures/demo-sheet.jpg[Q=90]"

# What `make model` trains in, and in what it leaves everything.
TRAINING ?= out/training
TRAIN = .build/release/pipeline-run train

model: runtime ## trains Models/paint-by-example-128 from nothing; goes on where it was interrupted; takes about four hours on two cores
	@Scripts/bootstrap.sh --training
	@test -e .runtime/torch/libpipeline_torch.so || Scripts/build-torch.sh
	$(RELEASE) --product pipeline-run
	$(TRAIN) Pipelines/train-autoencoder.json --out $(TRAINING) --param steps=3000 --param batch=16 --param rate=0.0015 \
	  --param divergence=0.0001
	$(TRAIN) Pipelines/train-encoder.json --out $(TRAINING) --param model=$(TRAINING)/autoencoder/model
	$(TRAIN) Pipelines/train-denoiser.json --out $(TRAINING) --param model=$(TRAINING)/encoder/model
	$(TRAIN) Pipelines/train-denoiser.json --out $(TRAINING)/second --param model=$(TRAINING)/denoiser/model \
	  --param start=model --param seed=324 --param steps=4500 --param rate=0.0004
	.build/release/pipeline-run models convert $(TRAINING)/second/denoiser/model --out Models/paint-by-example-128 \
	  --as f16 --shard-size 9M --force

ABLATION = $(TRAIN) Pipelines/train-denoiser.json $(ABLATION_OPTIONS)
# What the image prior is here: a denoiser that has learnt to paint without exemplars.
PRIOR = --param start=model --param model=ablation/unconditional/denoiser/model

ablation: runtime ## trains what Experiments/ablation.json compares, and paints test_bench with it; goes on where it was interrupted
	@Scripts/bootstrap.sh --training
	@test -e .runtime/torch/libpipeline_torch.so || Scripts/build-torch.sh
	$(RELEASE) --product pipeline-run
	$(ABLATION) --out ablation/unconditional --param drop=1
	$(ABLATION) --out ablation/naive --param tokens=all --param augment=false --param drop=0
	$(ABLATION) --out ablation/prior --param tokens=all --param augment=false --param drop=0 $(PRIOR)
	$(ABLATION) --out ablation/augmentation --param tokens=all --param drop=0 $(PRIOR)
	$(ABLATION) --out ablation/bottleneck $(PRIOR)
	@test -e test_bench || .build/release/pipeline-run world --benchmark --count 20 --size 128 --split held-out --out test_bench
	.build/release/pipeline-run batch Experiments/ablation.json --out ablation/results

figures: runtime ## measures $(MODEL) on 64 held-out samples of the rendered world; takes minutes
	$(RELEASE) --product box-model-benchmark
	.build/release/box-model-benchmark $(MODEL) --count 64 --steps 50 --out out/figures

show: runtime ## draws the sheet that shows $(MODEL)
	$(RELEASE) --product pipeline-run
	.build/release/pipeline-run Pipelines/show-guidance.json --param model=$(MODEL) --out out/show
	vips copy out/show/sheet.png "Pipelines/pictures/guidance-sheet.jpg[Q=88]"

world: ## draws Pipelines/pictures/world anew
	@command -v vips >/dev/null || { echo "make world: the vips command is missing (apt-get install libvips-tools)" >&2; exit 5; }
	$(RELEASE) --product pipeline-run
	Scripts/world-pictures.sh .build/release/pipeline-run

clean: ## removes what was built and what was drawn by the demo
	rm -rf .build out
