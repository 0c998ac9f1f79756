//! Rewrites `src/generated`: `cargo run -p prism-proto --example generate`.

#[path = "../generator/mod.rs"]
mod generator;

use std::{error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/generated");
    // A package that is gone must not leave its file behind.
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    generator::generate(&out)
}
