fn main() {
    std::fs::read_to_string("templates/index.html").unwrap();
}
