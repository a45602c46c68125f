// swift-tools-version: 5.9
let package = Package(name: "tide", targets: [
    .binaryTarget(name: "Sea", path: "Sea.artifactbundle.zip")
])
