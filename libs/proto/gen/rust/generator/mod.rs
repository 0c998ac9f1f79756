//! Generates Rust from every proto file below `libs/proto/prism`. Shared by the
//! example that rewrites the committed code and the test that compares it.

use std::{
    error::Error,
    fs, io,
    path::{Path, PathBuf},
};

use prost::Message;

/// Writes one file a proto package, `mod.rs` and `descriptors.bin` into `out`.
///
/// # Errors
/// A proto file that does not compile, or a folder that cannot be read or written.
pub fn generate(out: &Path) -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut protos = Vec::new();
    find_protos(&root.join("prism"), &mut protos)?;
    // The order of files decides the order of generated items.
    protos.sort();
    let descriptors = protox::compile(&protos, [&root])?;
    fs::create_dir_all(out)?;
    fs::write(out.join("descriptors.bin"), descriptors.encode_to_vec())?;
    tonic_prost_build::configure()
        // Channels and servers are the user's choice: without them the crate
        // needs no transport.
        .build_transport(false)
        .emit_rerun_if_changed(false)
        .include_file("mod.rs")
        .out_dir(out)
        .compile_fds(descriptors)?;
    Ok(())
}

fn find_protos(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find_protos(&path, found)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "proto")
        {
            found.push(path);
        }
    }
    Ok(())
}
