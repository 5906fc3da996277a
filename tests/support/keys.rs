//! What a terminal sends for keys, named as in `assets/keymap.toml`.

/// Returns what a terminal sends for a key.
pub fn key_bytes(key: &str) -> &[u8] {
    match key {
        "up" => b"\x1b[A",
        "down" => b"\x1b[B",
        "right" => b"\x1b[C",
        "left" => b"\x1b[D",
        "home" => b"\x1b[H",
        "end" => b"\x1b[F",
        "pageup" => b"\x1b[5~",
        "pagedown" => b"\x1b[6~",
        "enter" => b"\r",
        "esc" => b"\x1b",
        "tab" => b"\t",
        "shift-tab" => b"\x1b[Z",
        "backspace" => b"\x7f",
        "space" => b" ",
        "ctrl-c" => b"\x03",
        "ctrl-u" => b"\x15",
        "ctrl-z" => b"\x1a",
        other if other.len() == 1 => other.as_bytes(),
        other => panic!("no such key: {other}"),
    }
}
