// swift-tools-version:5.10
import PackageDescription

let package = Package(
    name: "Run",
    dependencies: [
        .package(url: "https://github.com/vapor/vapor.git", from: "4.99.3")
    ],
    targets: [
        .executableTarget(name: "Run", dependencies: [.product(name: "Vapor", package: "vapor")], path: "Sources/Run")
    ]
)
