//! How the program is linked: `.cargo/link-static` links it statically if the system has `libc.a`.

#![cfg(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu"))]

use std::path::Path;
use std::process::Command;

use crate::support::program::program_path;
use crate::support::skip;

/// The type of a program header with the path of the dynamic linker.
const PT_INTERP: u32 = 3;

#[test]
fn program_needs_no_dynamic_linker() {
    let libc = Command::new("cc").arg("-print-file-name=libc.a").output();
    let libc = libc.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    if !libc.is_ok_and(|path| Path::new(&path).is_absolute()) {
        return skip("libc.a is not installed");
    }
    // `cargo --target` adds a folder.
    let mut folders = program_path().iter();
    let is_cross_build = folders.any(|name| name == "x86_64-unknown-linux-gnu");
    if is_cross_build || std::env::var_os("RUSTC_WORKSPACE_WRAPPER").is_some() {
        // The builder chose to link in another way.
        return;
    }
    assert!(!needs_linker(program_path()));
    // Only the program is linked statically.
    assert!(needs_linker(&std::env::current_exe().unwrap()));
}

fn needs_linker(program: &Path) -> bool {
    program_header_types(&std::fs::read(program).unwrap()).contains(&PT_INTERP)
}

/// Returns the types of the program headers of a 64-bit ELF file.
fn program_header_types(elf: &[u8]) -> Vec<u32> {
    assert_eq!(elf.get(..5), Some(&b"\x7fELF\x02"[..]));
    let number = |at: usize, len: usize| {
        let bytes = elf[at..at + len].iter().rev();
        bytes.fold(0, |number, byte| number << 8 | usize::from(*byte))
    };
    let (offset, size, count) = (number(32, 8), number(54, 2), number(56, 2));
    let types = (0..count).map(|n| number(offset + n * size, 4));
    types.map(|kind| u32::try_from(kind).unwrap()).collect()
}
