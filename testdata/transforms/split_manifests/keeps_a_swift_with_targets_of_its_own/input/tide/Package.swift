// swift-tools-version: 5.5
let package = Package(name: "tide", dependencies: [.package(url: "https://github.com/apple/swift-log", from: "1.5.0")])
