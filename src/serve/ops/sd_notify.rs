//! Tells the service manager how the server is doing, after sd_notify(3).

use std::io;
use std::os::unix::net::UnixDatagram;

/// Sends a state, such as `READY=1`, where a service manager listens.
///
/// The protocol is one datagram of text, so that no crate is needed for it. A socket in the
/// abstract name space is written with a leading `@`.
pub fn sd_notify(state: &str) -> io::Result<()> {
    let Some(name) = std::env::var_os("NOTIFY_SOCKET") else {
        return Ok(());
    };
    let socket = UnixDatagram::unbound()?;
    #[cfg(target_os = "linux")]
    if let Some(name) = name.as_encoded_bytes().strip_prefix(b"@") {
        use std::os::linux::net::SocketAddrExt;
        let address = std::os::unix::net::SocketAddr::from_abstract_name(name)?;
        return socket.send_to_addr(state.as_bytes(), &address).map(drop);
    }
    socket.send_to(state.as_bytes(), &name).map(drop)
}
