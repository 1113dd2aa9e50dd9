// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "embed",
  platforms: [.macOS(.v15)],
  dependencies: [
    // Elsewhere than in this repository: .package(url: …, from: "0.2.0")
    .package(name: "PaintByExample", path: "../..")
  ],
  targets: [
    .executableTarget(
      name: "embed", dependencies: [.product(name: "PaintByExample", package: "PaintByExample")])
  ]
)
