// swift-tools-version:5.9
import PackageDescription

let package = Package(
    name: "charts",
    dependencies: [.package(url: "https://github.com/apple/swift-log.git", from: "1.6.1")],
    targets: [.executableTarget(name: "charts", dependencies: [.product(name: "Logging", package: "swift-log")])])
