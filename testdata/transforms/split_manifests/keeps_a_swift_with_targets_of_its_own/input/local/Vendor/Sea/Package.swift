let package = Package(name: "Sea")
