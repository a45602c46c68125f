// swift-tools-version:5.9
import PackageDescription

let package = Package(
    name: "Pier",
    dependencies: [.package(url: "https://example.org/nio.git", from: "2.70.0")],
    targets: [.executableTarget(name: "Pier")]
)
