// swift-tools-version: 5.9
let package = Package(name: "tide", dependencies: [.package(url: "https://github.com/apple/swift-log", from: "1.6.0")])
