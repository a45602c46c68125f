// swift-tools-version:5.9
import PackageDescription
import Foundation
let names = try FileManager.default.contentsOfDirectory(atPath: "Sources")
let package = Package(
    name: "Pier",
    dependencies: [],
    targets: [.executableTarget(name: "Pier")]
)
