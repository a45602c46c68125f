// swift-tools-version:5.10
import PackageDescription

let package = Package(
    name: "Run",
    dependencies: [
        .package(path: "Vapor")
    ],
    targets: [
        .executableTarget(name: "Run", dependencies: [.product(name: "Vapor", package: "vapor")], path: "Sources/Run")
    ]
)
