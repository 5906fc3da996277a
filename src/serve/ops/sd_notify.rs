//! Notifications to the service manager, in the protocol of sd_notify(3).

use std::ffi::OsString;
use std::io;
use std::os::unix::net::UnixDatagram;

/// Sends a state, such as `READY=1`. A failure is logged: the server runs without a manager too.
pub fn notify_manager(state: &str) {
    let Some(name) = std::env::var_os("NOTIFY_SOCKET") else {
        return;
    };
    if let Err(error) = send(state, &name) {
        let error = error.to_string();
        tracing::warn!(error, state, "cannot notify the service manager");
    }
}

/// Sends one datagram. A leading `@` names an abstract socket.
fn send(state: &str, name: &OsString) -> io::Result<usize> {
    let socket = UnixDatagram::unbound()?;
    #[cfg(target_os = "linux")]
    if let Some(name) = name.as_encoded_bytes().strip_prefix(b"@") {
        use std::os::linux::net::SocketAddrExt;
        let address = std::os::unix::net::SocketAddr::from_abstract_name(name)?;
        return socket.send_to_addr(state.as_bytes(), &address);
    }
    socket.send_to(state.as_bytes(), name)
}
