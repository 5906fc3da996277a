//! The bytes that a terminal sends for keys.

/// The bytes of each key in a list of names, separated by spaces. Text in double quotes is sent
/// as it is.
pub fn key_sequence(keys: &str) -> Vec<&[u8]> {
    let parts = keys.split('"').enumerate();
    let sequences = parts.map(|(n, part)| match n % 2 {
        1 => vec![part.as_bytes()],
        _ => part.split_whitespace().map(key_bytes).collect(),
    });
    sequences.collect::<Vec<_>>().concat()
}

/// The bytes that a terminal sends for a key, named as in `assets/keymap.toml`.
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
        "ctrl-a" => b"\x01",
        "ctrl-c" => b"\x03",
        "ctrl-d" => b"\x04",
        "ctrl-e" => b"\x05",
        "ctrl-l" => b"\x0c",
        "ctrl-n" => b"\x0e",
        "ctrl-o" => b"\x0f",
        "ctrl-p" => b"\x10",
        "ctrl-t" => b"\x14",
        "ctrl-u" => b"\x15",
        "ctrl-z" => b"\x1a",
        other if other.len() == 1 => other.as_bytes(),
        other => panic!("unknown key: {other}"),
    }
}
