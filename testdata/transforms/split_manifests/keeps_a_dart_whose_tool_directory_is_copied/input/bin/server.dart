void main() => print("up");
