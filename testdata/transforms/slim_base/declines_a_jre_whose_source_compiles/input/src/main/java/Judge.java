class Judge {
    Process compile(String file) throws Exception {
        return new ProcessBuilder("javac", file).start();
    }
}
