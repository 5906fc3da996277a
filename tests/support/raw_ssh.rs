//! Packets of the SSH protocol before encryption, for clients on a raw socket.

pub const KEXINIT: u8 = 20;

/// A string or a list of names (RFC 4251, 5).
fn string(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap();
    [&length.to_be_bytes(), bytes].concat()
}

/// A packet without encryption (RFC 4253, 6).
fn packet(payload: &[u8]) -> Vec<u8> {
    let padding = 4 + (8 - (payload.len() + 9) % 8) % 8;
    let length = u8::try_from(padding).unwrap();
    string(&[&[length], payload, &vec![0; padding]].concat())
}

/// A KEXINIT packet with a list of key-exchange algorithms, and with other algorithms that every
/// server has.
pub fn kexinit(kex: &str) -> Vec<u8> {
    let (cipher, mac) = ("aes256-ctr", "hmac-sha2-256,hmac-sha2-256-etm@openssh.com");
    let lists = [
        kex,
        "ssh-ed25519",
        cipher,
        cipher,
        mac,
        mac,
        "none",
        "none",
        "",
        "",
    ];
    let lists = lists.map(|names| string(names.as_bytes())).concat();
    packet(&[&[KEXINIT], &[7; 16][..], &lists, &[0; 5]].concat())
}

/// The packet with the client's ephemeral key.
pub fn kex_init(key: &[u8]) -> Vec<u8> {
    packet(&[&[30], &*string(key)].concat())
}
