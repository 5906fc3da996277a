//! The algorithms that the server offers, seen by a client on a raw socket and by ssh-audit.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use super::client::installed;
use super::server::{Server, TIMEOUT};
use crate::support::program::cpu_time;
use crate::support::raw_ssh::{KEXINIT, kex_init, kexinit};
use crate::support::skip;

/// Sends packets, and returns the payloads that the server sends until it ends the connection.
fn exchange(server: &Server, packets: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(TIMEOUT)).unwrap();
    stream.write_all(b"SSH-2.0-raw\r\n").unwrap();
    stream.write_all(&packets.concat()).unwrap();
    let mut received = Vec::new();
    // A reset ends it too.
    let _ = stream.read_to_end(&mut received);
    let version = received.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let mut rest = &received[version..];
    let mut payloads = Vec::new();
    while let Some((length, more)) = rest.split_first_chunk::<4>() {
        let (body, more) = more.split_at(u32::from_be_bytes(*length) as usize);
        let padding = usize::from(body[0]);
        payloads.push(body[1..body.len() - padding].to_vec());
        rest = more;
    }
    payloads
}

/// The lists of names in a KEXINIT payload.
fn name_lists(payload: &[u8]) -> Vec<String> {
    assert_eq!(payload[0], KEXINIT);
    let mut rest = &payload[17..];
    (0..10)
        .map(|_| {
            let (length, more) = rest.split_first_chunk::<4>().unwrap();
            let (names, more) = more.split_at(u32::from_be_bytes(*length) as usize);
            rest = more;
            String::from_utf8(names.to_vec()).unwrap()
        })
        .collect()
}

#[test]
fn only_modern_algorithms_are_offered() {
    let server = Server::open(&[]);
    let payloads = exchange(&server, &[kexinit("none-that-exists")]);
    let lists = name_lists(&payloads[0]);
    let ciphers = "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes256-ctr,aes128-ctr";
    let macs = "hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com";
    let kex = "mlkem768x25519-sha256,curve25519-sha256,curve25519-sha256@libssh.org,ext-info-s,\
               kex-strict-s-v00@openssh.com";
    let offered = [
        kex,
        "ssh-ed25519",
        ciphers,
        ciphers,
        macs,
        macs,
        "none",
        "none",
        "",
        "",
    ];
    assert_eq!(lists, offered);
}

#[test]
fn diffie_hellman_is_refused_without_computing_it() {
    let server = Server::open(&[]);
    let before = cpu_time(server.pid());
    for kex in [
        "diffie-hellman-group14-sha256",
        "diffie-hellman-group16-sha512",
        "diffie-hellman-group18-sha512",
        "diffie-hellman-group-exchange-sha256",
    ] {
        // A client may guess the algorithm and send its key at once.
        let payloads = exchange(&server, &[kexinit(kex), kex_init(&[0x55; 256])]);
        let kinds: Vec<u8> = payloads.iter().map(|payload| payload[0]).collect();
        assert_eq!(kinds, [KEXINIT], "{kex}");
    }
    if let (Some(before), Some(after)) = (before, cpu_time(server.pid())) {
        // One exchange alone takes more.
        assert!(
            after < before + Duration::from_millis(300),
            "{before:?}, {after:?}"
        );
    }
}

#[test]
fn ssh_audit_reports_no_failure_and_one_warning() {
    if !installed("ssh-audit") {
        return skip("ssh-audit is not installed");
    }
    let server = Server::open(&[]);
    let port = server.address.port().to_string();
    let output = Command::new("ssh-audit")
        .args(["--json", "--port", &port, "127.0.0.1"])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {output:?}"));
    // Clients older than OpenSSH 9.9 have nothing else.
    let expected = json!(["does not provide protection against post-quantum attacks"]);
    for kind in ["kex", "key", "enc", "mac"] {
        let algorithms = report[kind].as_array().unwrap();
        assert!(!algorithms.is_empty(), "{report}");
        for algorithm in algorithms {
            let notes = &algorithm["notes"];
            let is_older = algorithm["algorithm"]
                .as_str()
                .unwrap()
                .starts_with("curve25519-");
            if is_older && notes["warn"] == expected {
                continue;
            }
            assert!(
                notes["fail"].is_null() && notes["warn"].is_null(),
                "{algorithm}"
            );
        }
    }
}
