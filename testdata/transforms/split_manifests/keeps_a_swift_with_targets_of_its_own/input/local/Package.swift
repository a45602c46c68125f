// swift-tools-version: 5.5
let package = Package(name: "tide")
