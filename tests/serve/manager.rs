//! Notifications to the service manager, received as systemd does.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

use super::server::{Server, TIMEOUT};

fn receive(socket: &UnixDatagram) -> String {
    socket.set_read_timeout(Some(TIMEOUT)).unwrap();
    let mut message = [0; 256];
    let length = socket.recv(&mut message).unwrap();
    String::from_utf8_lossy(&message[..length]).into_owned()
}

#[test]
fn service_manager_is_notified_of_ready_and_stopping() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let name = format!("codeleaf-test-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).unwrap();
    for (socket, variable) in [
        (
            UnixDatagram::bind(&path).unwrap(),
            path.display().to_string(),
        ),
        (
            UnixDatagram::bind_addr(&address).unwrap(),
            format!("@{name}"),
        ),
    ] {
        let variable = format!("NOTIFY_SOCKET={variable}");
        let folder = tempfile::tempdir().unwrap();
        let mut server = Server::start_with(&["env", &variable], folder, &["--open"]);
        assert_eq!(receive(&socket), "READY=1");
        server.signal("TERM");
        assert_eq!(receive(&socket), "STOPPING=1");
        assert!(server.wait_for_exit().success());
    }
}
