// swift-tools-version: 5.9
let package = Package(name: "tide", dependencies: [.package(url: "./Vendor/Sea", branch: "main")])
