//! The committed code is what the proto files generate.

#[path = "../generator/mod.rs"]
mod generator;

use std::{collections::BTreeMap, error::Error, fs, path::Path};

type Files = BTreeMap<String, Vec<u8>>;

fn read(folder: &Path) -> std::io::Result<Files> {
    fs::read_dir(folder)?
        .map(|entry| {
            let path = entry?.path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            Ok((name, fs::read(path)?))
        })
        .collect()
}

#[test]
fn generated_code_is_fresh() -> Result<(), Box<dyn Error>> {
    let fresh = tempfile::tempdir()?;
    generator::generate(fresh.path())?;
    let (fresh, committed) = (
        read(fresh.path())?,
        read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/generated"))?,
    );
    let stale: Vec<_> = fresh
        .keys()
        .chain(committed.keys())
        .filter(|name| fresh.get(*name) != committed.get(*name))
        .collect();
    assert!(
        stale.is_empty(),
        "stale: {stale:?}; run `cargo run -p prism-proto --example generate`"
    );
    Ok(())
}
