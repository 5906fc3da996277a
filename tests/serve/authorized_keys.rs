//! Lines of `authorized_keys`, and who may log in with them: here and at a real sshd.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use russh::client::{self, Config};
use russh::keys::agent::AgentIdentity;
use russh::keys::signature::Signer as _;
use russh::keys::ssh_key::private::{Ed25519Keypair, Ed25519PrivateKey};
use russh::keys::ssh_key::public::{KeyData, SkEd25519};
use russh::keys::{Algorithm, HashAlg, PrivateKey, PrivateKeyWithHashAlg, PublicKey};
use russh::{AgentAuthError, Signer};
use sha2::{Digest, Sha256};
use tokio::runtime::Runtime;

use super::hostile::HostileClient;
use super::server::Server;
use crate::support::skip;
use crate::support::sshd::Sshd;

/// Who admits the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Both,
    /// The option means something that this server does not do, or only with the system's time zone
    /// or a name server.
    OnlySshd,
    Neither,
}

use Verdict::{Both, Neither, OnlySshd};

/// `TYPE` and `BLOB` are the two words of the client's key, `KEY` is both, and `OTHER` is another key.
/// The client connects from 127.0.0.1.
const LINES: &[(Verdict, &[u8])] = &[
    (Both, b"KEY"),
    (Both, b"KEY anna@example.com"),
    (Both, b"KEY Andr\xe9"),
    (Both, b"KEY # not a comment"),
    (Both, b"KEY\r"),
    (Both, b"TYPE  BLOB"),
    (Both, b"TYPE\tBLOB"),
    (Both, b"  \tKEY"),
    (Both, b"TYPE BLOB \tcomment"),
    (Neither, b"#KEY"),
    (Neither, b" # KEY"),
    (Neither, b""),
    (Neither, b"\r"),
    (Neither, b"OTHER"),
    (Both, b"OTHER\nKEY"),
    (Both, b"nonsense\nKEY"),
    (Neither, b"\xefBB\xbfKEY"),
    (Neither, b"TYPE"),
    (Neither, b"TYPE BLOB="),
    (Neither, b"TYPE!BLOB"),
    (Neither, b"BLOB TYPE"),
    (Neither, b"SSH-ED25519 BLOB"),
    (Neither, b"ssh-rsa BLOB"),
    (Neither, b"ecdsa-sha2-nistp256 BLOB"),
    (Neither, b"ssh-ed25519-cert-v01@openssh.com BLOB"),
    (Neither, b"TYPE TYPE BLOB"),
    (Neither, b"KEY,KEY"),
    (Both, b"restrict KEY"),
    (Both, b"RESTRICT KEY"),
    (Both, b"restrict\tKEY"),
    (Both, b"restrict   KEY"),
    (Both, b"restrict, KEY"),
    (Both, b",restrict KEY"),
    (Both, b"restrict,,pty KEY"),
    (Neither, b"restrict pty KEY"),
    (Neither, b"no-restrict KEY"),
    (Neither, b"restrict=\"x\" KEY"),
    (Neither, b"restrictpty KEY"),
    (Both, b"pty KEY"),
    (Both, b"no-pty KEY"),
    (
        Both,
        b"port-forwarding,agent-forwarding,user-rc,X11-forwarding KEY",
    ),
    (
        Both,
        b"no-port-forwarding,no-agent-forwarding,no-user-rc,no-X11-forwarding KEY",
    ),
    (Both, b"No-Pty,PTY KEY"),
    (Neither, b"unknown KEY"),
    (Neither, b"no-unknown KEY"),
    (Neither, b"pty,unknown KEY"),
    (Both, b"from=\"127.0.0.1\" KEY"),
    (Neither, b"from=127.0.0.1 KEY"),
    (Neither, b"from=\"127.0.0.1 KEY"),
    (Neither, b"from KEY"),
    (Neither, b"from=\"\" KEY"),
    (Both, b"FROM=\"127.0.0.1\" KEY"),
    (Neither, b"from=\"127.0.0.1\",from=\"127.0.0.1\" KEY"),
    (Neither, b"from=\"127.0.0.1\",from=\"10.0.0.1\" KEY"),
    (Neither, b"from=\"10.0.0.1\",from=\"127.0.0.1\" KEY"),
    (Both, b"from=\"127.0.0.0/8\" KEY"),
    (Neither, b"from=\"127.0.0.1/8\" KEY"),
    (Neither, b"from=\"10.0.0.0/8\" KEY"),
    (Both, b"from=\"10.0.0.0/8,127.0.0.1\" KEY"),
    (Neither, b"from=\"10.0.0.0/8, 127.0.0.1\" KEY"),
    (Neither, b"from=\"127.0.0.1,\" KEY"),
    (Neither, b"from=\"10.0.0.1,,127.0.0.1\" KEY"),
    (Both, b"from=\"*\" KEY"),
    (Both, b"from=\"127.0.0.?\" KEY"),
    (Neither, b"from=\"*,!127.0.0.1\" KEY"),
    (Neither, b"from=\"!127.0.0.1,*\" KEY"),
    (Both, b"from=\"!10.0.0.1,*\" KEY"),
    (Neither, b"from=\"!10.0.0.1\" KEY"),
    (Neither, b"from=\"!\" KEY"),
    (Neither, b"from=\"::1\" KEY"),
    (Neither, b"from=\"::ffff:127.0.0.1\" KEY"),
    (Both, b"from=\"0.0.0.0/0\" KEY"),
    (Neither, b"from=\"127.0.0.0/33\" KEY"),
    (Neither, b"from=\"127.0.0\" KEY"),
    (Neither, b"from=\"localhost\" KEY"),
    (OnlySshd, b"from=\"ward.example,127.0.0.1\" KEY"),
    (OnlySshd, b"from=\"!ward.example,*\" KEY"),
    (Neither, b"from=\"127.0.0.1\"x KEY"),
    (Neither, b"from=\"127.0.0.1\\\"\" KEY"),
    (Neither, b"from=\"127.0.0.1\"\"\" KEY"),
    (Neither, b"from = \"127.0.0.1\" KEY"),
    (Neither, b"expiry-time=\"20200101Z\" KEY"),
    (Both, b"expiry-time=\"20990101Z\" KEY"),
    (Both, b"expiry-time=\"20990101UTC\" KEY"),
    (Both, b"expiry-time=\"20990101z\" KEY"),
    (Both, b"expiry-time=\"209901010000Z\" KEY"),
    (Both, b"expiry-time=\"20990101000000Z\" KEY"),
    (OnlySshd, b"expiry-time=\"20990101\" KEY"),
    (Neither, b"expiry-time=20990101Z KEY"),
    (Neither, b"expiry-time=\"2099-01-01Z\" KEY"),
    (Neither, b"expiry-time=\"0Z\" KEY"),
    (OnlySshd, b"expiry-time=\"20990230Z\" KEY"),
    (Neither, b"expiry-time=\"20991301Z\" KEY"),
    (Neither, b"expiry-time=\"19700101Z\" KEY"),
    (
        Neither,
        b"expiry-time=\"20200101Z\",expiry-time=\"20990101Z\" KEY",
    ),
    (
        Neither,
        b"expiry-time=\"20990101Z\",expiry-time=\"20200101Z\" KEY",
    ),
    (
        Both,
        b"expiry-time=\"20990101Z\",expiry-time=\"20980101Z\" KEY",
    ),
    (Neither, b"expiry-time KEY"),
    (OnlySshd, b"command=\"true\" KEY"),
    (OnlySshd, b"command=\"echo \\\"a, b\\\"\",pty KEY"),
    (Neither, b"command=\"a\",command=\"b\" KEY"),
    (OnlySshd, b"environment=\"A=B\" KEY"),
    (OnlySshd, b"permitopen=\"host:22\" KEY"),
    (OnlySshd, b"permitlisten=\"8080\" KEY"),
    (Neither, b"permitopen=\"nonsense\" KEY"),
    (OnlySshd, b"tunnel=\"0\" KEY"),
    (Neither, b"principals=\"x\" KEY"),
    (Neither, b"cert-authority KEY"),
    (Both, b"no-touch-required KEY"),
    (Both, b"touch-required KEY"),
    (Both, b"verify-required KEY"),
    (Both, b"no-verify-required,no-touch-required KEY"),
    (Both, b"restrict KEY\nKEY"),
    (Both, b"from=\"10.0.0.1\" KEY\nKEY"),
    (Neither, b"command=\"KEY\" OTHER"),
    (Neither, b"\"KEY\" KEY"),
    (Neither, b"pty\\ KEY"),
    (Neither, b"restrict \"KEY\""),
];

/// The same for a security key that signs with these flags: 1 for a touch, 4 for a PIN.
const SECURITY_KEY_LINES: &[(Verdict, u8, &[u8])] = &[
    (OnlySshd, 1, b"KEY"),
    (Neither, 0, b"KEY"),
    (Both, 0, b"no-touch-required KEY"),
    (Both, 1, b"no-touch-required KEY"),
    (OnlySshd, 1, b"no-touch-required,touch-required KEY"),
    (Neither, 0, b"no-touch-required,touch-required KEY"),
    (OnlySshd, 5, b"verify-required KEY"),
    (Neither, 1, b"verify-required KEY"),
    (Neither, 0, b"no-touch-required,verify-required KEY"),
    (Both, 0, b"no-touch-required,no-verify-required KEY"),
];

/// A security key without hardware, which signs what it is told to.
struct SecurityKey {
    key: PrivateKey,
    flags: u8,
}

impl SecurityKey {
    fn new(flags: u8) -> Self {
        let key = Ed25519Keypair::from(Ed25519PrivateKey::from_bytes(&[7; 32]));
        let key = PrivateKey::from(key);
        Self { key, flags }
    }

    fn public_key(&self) -> PublicKey {
        let key = self.key.public_key().key_data().ed25519().unwrap();
        PublicKey::from(KeyData::SkEd25519(SkEd25519::new(*key, "ssh:")))
    }
}

impl Signer for SecurityKey {
    type Error = AgentAuthError;

    async fn auth_sign(
        &mut self,
        _: &AgentIdentity,
        _: Option<HashAlg>,
        mut request: Vec<u8>,
    ) -> Result<Vec<u8>, AgentAuthError> {
        // PROTOCOL.u2f of OpenSSH: the flags and a counter are signed with the digests.
        let counter = [self.flags, 0, 0, 0, 1];
        let application = Sha256::digest(b"ssh:");
        let message = Sha256::digest(&request);
        let signed = [&application[..], &counter, &message].concat();
        let signature = self.key.try_sign(&signed).unwrap();
        append_signature(
            &mut request,
            &Algorithm::SkEd25519,
            signature.as_bytes(),
            &counter,
        );
        Ok(request)
    }
}

/// Appends a signature to the request that it signs. That of a security key has flags and a counter.
pub fn append_signature(
    request: &mut Vec<u8>,
    algorithm: &Algorithm,
    signature: &[u8],
    flags_and_counter: &[u8],
) {
    let mut encoded = Vec::new();
    for field in [algorithm.as_str().as_bytes(), signature] {
        encoded.extend(u32::try_from(field.len()).unwrap().to_be_bytes());
        encoded.extend(field);
    }
    encoded.extend(flags_and_counter);
    request.extend(u32::try_from(encoded.len()).unwrap().to_be_bytes());
    request.extend(encoded);
}

async fn connect(address: SocketAddr) -> client::Handle<HostileClient> {
    let config = Arc::new(Config::default());
    client::connect(config, address, HostileClient)
        .await
        .unwrap()
}

fn write_line(path: &Path, line: &[u8], key: &PublicKey, other: &PublicKey) {
    let [key, other] = [key, other].map(|key| key.to_openssh().unwrap());
    let (kind, blob) = key.split_once(' ').unwrap();
    let mut text = line.to_vec();
    for (name, value) in [
        ("OTHER", &*other),
        ("KEY", &key),
        ("TYPE", kind),
        ("BLOB", blob),
    ] {
        while let Some(at) = text
            .windows(name.len())
            .position(|part| part == name.as_bytes())
        {
            text.splice(at..at + name.len(), value.bytes());
        }
    }
    std::fs::write(path, text).unwrap();
}

/// A server with a file of authorized keys.
struct Peer<'a> {
    name: &'static str,
    address: SocketAddr,
    keys: &'a Path,
    admits: fn(Verdict) -> bool,
}

/// Asserts that a server admits keys as the tables say.
async fn assert_verdicts(peer: &Peer<'_>) {
    let private = |seed| {
        PrivateKey::from(Ed25519Keypair::from(Ed25519PrivateKey::from_bytes(
            &[seed; 32],
        )))
    };
    let (key, other) = (Arc::new(private(1)), private(2));
    let mut wrong = Vec::new();
    for (verdict, line) in LINES {
        write_line(peer.keys, line, key.public_key(), other.public_key());
        let key = PrivateKeyWithHashAlg::new(Arc::clone(&key), None);
        let login = connect(peer.address)
            .await
            .authenticate_publickey("root", key)
            .await;
        if login.unwrap().success() != (peer.admits)(*verdict) {
            wrong.push(format!("{verdict:?} {}", String::from_utf8_lossy(line)));
        }
    }
    for (verdict, flags, line) in SECURITY_KEY_LINES {
        let mut key = SecurityKey::new(*flags);
        let public = key.public_key();
        write_line(peer.keys, line, &public, other.public_key());
        let mut connection = connect(peer.address).await;
        let login = connection
            .authenticate_publickey_with("root", public, None, &mut key)
            .await;
        if login.unwrap().success() != (peer.admits)(*verdict) {
            wrong.push(format!(
                "{verdict:?} flags {flags} {}",
                String::from_utf8_lossy(line)
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} does not agree:\n{}",
        peer.name,
        wrong.join("\n")
    );
}

#[test]
fn keys_are_admitted_as_the_tables_say() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys");
    std::fs::write(&keys, "").unwrap();
    let options = [
        "--authorized-keys",
        &keys.display().to_string(),
        "--penalty-time",
        "off",
    ];
    let server = Server::start(folder, &options);
    let codeleaf = Peer {
        name: "codeleaf",
        address: server.address,
        keys: &keys,
        admits: |verdict| verdict == Both,
    };
    Runtime::new().unwrap().block_on(assert_verdicts(&codeleaf));
    let skipped = server.wait_for_log("a line of the authorized keys is skipped");
    assert!(
        skipped["place"].as_str().unwrap().ends_with("keys:1"),
        "{skipped}"
    );
    let refused = server.log_lines("login refused");
    let reasons: Vec<&str> = refused
        .iter()
        .filter_map(|line| line["reason"].as_str())
        .collect();
    for reason in [
        "unknown key",
        "key expired",
        "key not allowed from this address",
        "unknown security key, or one whose touch this server would have to check",
    ] {
        assert!(reasons.contains(&reason), "no {reason} in {reasons:?}");
    }
}

#[test]
fn sshd_admits_keys_as_the_tables_say() {
    let sshd = match Sshd::start(Vec::new()) {
        Ok(sshd) => sshd,
        Err(reason) => return skip(&reason),
    };
    let peer = Peer {
        name: "sshd",
        address: sshd.address(),
        keys: &sshd.home.path("authorized_keys"),
        admits: |verdict| verdict != Neither,
    };
    Runtime::new().unwrap().block_on(assert_verdicts(&peer));
}
