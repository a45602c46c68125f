use std::env;
use std::error::Error;
use std::io::{self, Read, Write};

mod count;

fn main() -> Result<(), Box<dyn Error>> {
    let top: usize = match env::args().nth(1) {
        Some(arg) => arg.parse()?,
        None => 5,
    };

    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;

    let stdout = io::stdout();
    let mut out = stdout.lock();
    for (word, n) in count::words(&text).into_iter().take(top) {
        itoa::write(&mut out, n)?;
        writeln!(out, " {}", word)?;
    }
    Ok(())
}
