// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

// Lets dynamic-library plugins use the program's PipelineKit instead of a copy of their own.
let hostsPlugins: [LinkerSetting] = [
  .unsafeFlags(["-Xlinker", "--export-dynamic"], .when(platforms: [.linux]))
]

let package = Package(
  name: "PaintByExample",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "pipeline-run", targets: ["pipeline-run"]),
    .library(name: "Foundations", targets: ["Foundations"]),
    .library(name: "PipelineKit", targets: ["PipelineKit"]),
    .library(name: "PipelineTesting", targets: ["PipelineTesting"]),
    .library(name: "Imaging", targets: ["Imaging"]),
    .library(name: "Tensors", targets: ["Tensors"]),
    .library(name: "OpenVINO", targets: ["OpenVINO"]),
    .library(name: "Torch", targets: ["Torch"]),
    .library(name: "Diffusion", targets: ["Diffusion"]),
    .library(name: "ModelHub", targets: ["ModelHub"]),
    .library(name: "Training", targets: ["Training"]),
    .library(name: "Evaluation", targets: ["Evaluation"]),
    .library(name: "RenderedWorld", targets: ["RenderedWorld"]),
    .library(name: "Stages", targets: ["Stages"]),
    .library(name: "Experiments", targets: ["Experiments"]),
    .library(name: "Reports", targets: ["Reports"]),
    .library(name: "UserStudy", targets: ["UserStudy"]),
    .library(name: "PaintByExample", targets: ["PaintByExample"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.7.0"),
  ],
  targets: [
    // OpenSSL's libcrypto, for digests.
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),

    // libcurl, for downloads.
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),

    // System calls that Swift cannot make.
    .target(name: "CSystemCalls"),

    // What every other module stands on: files, JSON, digests. Imports none of them.
    .target(
      name: "Foundations",
      dependencies: [
        "CSystemCalls", .target(name: "CCrypto", condition: .when(platforms: [.linux])),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings),

    // What a process can ask the kernel about its relatives.
    .target(name: "CProcess"),
    // Documents, plans, runs. Knows no picture and no tensor.
    .target(
      name: "PipelineKit",
      dependencies: [
        "CProcess", "Foundations",
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings),
    .target(name: "PipelineTesting", dependencies: ["PipelineKit"], swiftSettings: settings),

    // Pictures over libvips, PNG structure over libpng, what a JPEG's decoder says over libjpeg.
    .systemLibrary(
      name: "CVips", pkgConfig: "vips",
      providers: [.apt(["libvips-dev"]), .brew(["vips"])]),
    .systemLibrary(
      name: "CPNG", pkgConfig: "libpng",
      providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
    .systemLibrary(
      name: "CJPEG", pkgConfig: "libjpeg",
      providers: [.apt(["libjpeg-dev"]), .brew(["jpeg-turbo"])]),
    .target(
      name: "Imaging", dependencies: ["CVips", "CPNG", "CJPEG", "Foundations"], swiftSettings: settings),

    // Tensors and networks.
    .target(name: "Tensors", swiftSettings: settings),
    // What the processor withholds.
    .target(name: "CProcessor"),
    // OpenVINO's C functions, found at run time: nothing to link.
    .target(
      name: "COpenVINO", dependencies: ["CProcessor"],
      linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(name: "OpenVINO", dependencies: ["Tensors", "COpenVINO", "CProcessor"], swiftSettings: settings),
    // libtorch's, by way of the shim that `make torch` builds from Engines/torch.
    .target(
      name: "CTorch", dependencies: ["CProcessor"],
      linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(name: "Torch", dependencies: ["Foundations", "Tensors", "CTorch"], swiftSettings: settings),
    .target(
      name: "Diffusion",
      dependencies: ["Foundations", "Tensors", .product(name: "SystemPackage", package: "swift-system")],
      swiftSettings: settings),

    // Models fetched from a hub. Knows files and checksums, no tensor.
    .target(
      name: "ModelHub",
      dependencies: ["CCurl", "Foundations", .product(name: "SystemPackage", package: "swift-system")],
      swiftSettings: settings),

    // The paper's training: its recipe and its data.
    .target(
      name: "Training",
      dependencies: [
        "Foundations", "Imaging", "Diffusion", "Tensors",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings),

    // LAPACK's C interface, and that of the BLAS below it.
    .systemLibrary(
      name: "CLAPACK", pkgConfig: "lapacke", providers: [.apt(["liblapacke-dev"]), .brew(["lapack"])]),
    // Measures of sets of pictures.
    .target(
      name: "Evaluation",
      dependencies: [
        "CLAPACK", "Diffusion", "Experiments", "Foundations", "Imaging", "PipelineKit", "Reports", "Tensors",
      ],
      swiftSettings: settings),

    // A source of examples for it: scenes of drawn objects.
    .target(
      name: "RenderedWorld", dependencies: ["Foundations", "Imaging", "Training"], swiftSettings: settings),

    // One file per stage.
    .target(
      name: "Stages",
      dependencies: ["PipelineKit", "Imaging", "Diffusion", "RenderedWorld", "Tensors", "Training"],
      swiftSettings: settings),
    // One document run many ways. Knows no picture and no tensor.
    .target(
      name: "Experiments",
      dependencies: [
        "Foundations", "PipelineKit", .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings),

    // Pages that show results.
    .target(
      name: "Reports", dependencies: ["Experiments", "Foundations", "Imaging", "PipelineKit", "Stages"],
      resources: [
        .embedInCode("Page/report.html"), .embedInCode("Page/report.css"), .embedInCode("Page/report.js"),
        .embedInCode("Page/page.html"), .embedInCode("Page/palette.css"), .embedInCode("Page/elements.js"),
      ],
      swiftSettings: settings),

    // Results ranked by people: the page that asks them, and what their answers say.
    .target(
      name: "UserStudy", dependencies: ["Experiments", "Foundations", "Imaging", "PipelineKit", "Reports"],
      resources: [
        .embedInCode("Page/study.html"), .embedInCode("Page/study.css"), .embedInCode("Page/study.js"),
        .embedInCode("Page/results.html"), .embedInCode("Page/results.css"), .embedInCode("Page/results.js"),
      ],
      swiftSettings: settings),

    // What documents with diffusion run on, for programs of others.
    .target(
      name: "PaintByExample",
      dependencies: [
        "Foundations", "PipelineKit", "Stages", "Imaging", "Diffusion", "OpenVINO", "Tensors", "Torch",
        "Training",
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "pipeline-run",
      dependencies: [
        "Evaluation", "Experiments", "Foundations", "PaintByExample", "PipelineKit", "Stages", "Imaging",
        "Diffusion", "ModelHub", "OpenVINO", "Reports", "Tensors", "RenderedWorld", "Torch", "Training",
        "UserStudy",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings, linkerSettings: hostsPlugins),

    // The example of a program that embeds documents, which is a package of its own as well.
    .executableTarget(
      name: "embed", dependencies: ["PaintByExample"], path: "Examples/embed/Sources/embed",
      swiftSettings: settings),

    .executableTarget(
      name: "kit-benchmark", dependencies: ["PipelineKit"], path: "Benchmarks/kit", swiftSettings: settings),
    .executableTarget(
      name: "engine-benchmark", dependencies: ["Diffusion", "OpenVINO", "Tensors", "Torch"],
      path: "Benchmarks/engines", swiftSettings: settings),

    .executableTarget(
      name: "world-benchmark", dependencies: ["RenderedWorld"], path: "Benchmarks/world",
      swiftSettings: settings),

    // What a model of the rendered world makes of what it never saw.
    .executableTarget(
      name: "box-model-benchmark",
      dependencies: [
        "Diffusion", "Foundations", "Imaging", "OpenVINO", "RenderedWorld", "Tensors", "Training",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Benchmarks/box-model", swiftSettings: settings),

    .target(name: "FileTesting", path: "Tests/FileTesting", swiftSettings: settings),
    // Programs that tests run.
    .target(
      name: "ProgramTesting", dependencies: ["FileTesting"], path: "Tests/ProgramTesting",
      swiftSettings: settings),
    // What stages under test have done by a process of its own.
    .executableTarget(
      name: "test-helper", dependencies: ["PipelineKit", "Stages"], path: "Tests/test-helper",
      swiftSettings: settings),
    .target(
      name: "HelperTesting", dependencies: ["PipelineKit", "test-helper"], path: "Tests/HelperTesting",
      swiftSettings: settings),
    .testTarget(
      name: "FoundationsTests",
      dependencies: [
        "FileTesting", "Foundations", .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings),
    // Another process that uses a store.
    .executableTarget(
      name: "store-process", dependencies: ["Foundations", "PipelineKit"], path: "Tests/store-process",
      swiftSettings: settings),
    .testTarget(
      name: "PipelineKitTests",
      dependencies: [
        "FileTesting", "Foundations", "HelperTesting", "PipelineKit", "PipelineTesting", "ProgramTesting",
        "store-process",
      ],
      swiftSettings: settings,
      linkerSettings: hostsPlugins),
    .testTarget(
      name: "ImagingTests", dependencies: ["Imaging", "ProgramTesting"], swiftSettings: settings),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors"], swiftSettings: settings),
    // What every engine is held to.
    .target(
      name: "EngineTesting", dependencies: ["OpenVINO", "Tensors", "Torch"], path: "Tests/EngineTesting",
      swiftSettings: settings),
    .testTarget(name: "EnginesTests", dependencies: ["EngineTesting", "Tensors"], swiftSettings: settings),
    .testTarget(
      name: "OpenVINOTests", dependencies: ["EngineTesting", "OpenVINO", "Tensors"], swiftSettings: settings),
    .testTarget(
      name: "TorchTests", dependencies: ["EngineTesting", "Tensors", "Torch"], swiftSettings: settings),
    .testTarget(
      name: "DiffusionTests", dependencies: ["Diffusion", "CheckpointFuzzing"], exclude: ["Fixtures"],
      swiftSettings: settings),
    .target(
      name: "CheckpointFuzzing", dependencies: ["Diffusion"], path: "Tests/CheckpointFuzzing",
      swiftSettings: settings),
    .executableTarget(
      name: "fuzz-checkpoints", dependencies: ["CheckpointFuzzing"], path: "Tests/fuzz-checkpoints",
      swiftSettings: settings),
    // The networks, run by the engine and compared with the reference.
    .testTarget(
      name: "NetworksTests", dependencies: ["Diffusion", "EngineTesting", "Tensors", "Torch"],
      exclude: ["Fixtures"],
      swiftSettings: settings),
    // The whole way from pictures to pictures, compared with the reference pipeline.
    .testTarget(
      name: "ParityTests",
      dependencies: ["Stages", "Diffusion", "Imaging", "OpenVINO", "PipelineKit", "Tensors", "Torch"],
      exclude: ["Fixtures"], swiftSettings: settings),
    // A small HTTP server that can be told to misbehave.
    .target(
      name: "LoopbackServer", dependencies: ["Foundations"],
      path: "Tests/LoopbackServer", swiftSettings: settings),
    .testTarget(
      name: "ModelHubTests", dependencies: ["Foundations", "ModelHub", "LoopbackServer"],
      swiftSettings: settings),
    .testTarget(
      name: "StagesTests",
      dependencies: [
        "Stages", "Diffusion", "HelperTesting", "Imaging", "PipelineKit", "PipelineTesting", "ProgramTesting",
      ],
      exclude: ["Measure/Fixtures"], swiftSettings: settings),
    .testTarget(
      name: "EvaluationTests",
      dependencies: [
        "Diffusion", "EngineTesting", "Evaluation", "FileTesting", "Foundations", "Imaging", "Tensors",
      ],
      exclude: ["Fixtures"], swiftSettings: settings),
    // One of several processes that train together.
    .executableTarget(
      name: "train-together", dependencies: ["Tensors", "Torch", "Training"], path: "Tests/train-together",
      swiftSettings: settings),
    .testTarget(
      name: "RenderedWorldTests",
      dependencies: ["FileTesting", "Foundations", "Imaging", "RenderedWorld", "Training"],
      swiftSettings: settings),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Training", "Diffusion", "EngineTesting", "Foundations", "Imaging", "OpenVINO", "PipelineKit",
        "ProgramTesting", "RenderedWorld", "Tensors", "Torch",
        "train-together", .product(name: "SystemPackage", package: "swift-system"),
      ],
      exclude: ["Fixtures"], swiftSettings: settings),
    .testTarget(
      name: "ExperimentsTests",
      dependencies: [
        "Experiments", "FileTesting", "Foundations", "PipelineKit", "PipelineTesting",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "ReportsTests",
      dependencies: [
        "Experiments", "FileTesting", "Foundations", "Imaging", "PipelineKit", "Reports", "Stages",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "UserStudyTests",
      dependencies: [
        "Experiments", "FileTesting", "Foundations", "Imaging", "PipelineKit", "ProgramTesting", "UserStudy",
      ],
      exclude: ["Fixtures"], swiftSettings: settings),
    .testTarget(
      name: "PaintByExampleTests", dependencies: ["PaintByExample", "PipelineTesting"],
      swiftSettings: settings),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "embed", "pipeline-run", "Evaluation", "Experiments", "PipelineKit", "Imaging", "Diffusion",
        "FileTesting", "LoopbackServer", "ProgramTesting",
      ],
      swiftSettings: settings),
  ]
)
