//! Says no, and keeps account of it: what does not exist here and is asked for all the same, since
//! every SSH client can ask for it.

use std::sync::Arc;

use russh::server::ChannelOpenHandle;
use russh::{ChannelOpenFailure, Error};

use crate::serve::net::connection::Connection;
use crate::serve::ops::log::printable;
use crate::serve::ops::metrics::RefusalKind;
use crate::serve::state::ServerState;

/// How many refusals are logged a connection.
const MAX_LOGGED: u32 = 8;

/// How many refusals end a connection.
const MAX_REFUSALS: u32 = 64;

/// What does not exist here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsupported {
    AgentForwarding,
    PortForwarding,
    SecondSession,
    SocketForwarding,
    X11Forwarding,
}

impl Unsupported {
    const fn name(self) -> &'static str {
        match self {
            Self::AgentForwarding => "agent forwarding",
            Self::PortForwarding => "port forwarding",
            Self::SecondSession => "second session",
            Self::SocketForwarding => "socket forwarding",
            Self::X11Forwarding => "X11 forwarding",
        }
    }
}

/// What one connection was refused.
#[derive(Debug)]
pub struct Refusals {
    server: Arc<ServerState>,
    connection: Arc<Connection>,
    count: u32,
}

impl Refusals {
    pub const fn new(house: Arc<ServerState>, connection: Arc<Connection>) -> Self {
        Self {
            server: house,
            connection,
            count: 0,
        }
    }

    /// Refuses a login.
    pub fn refuse_login(&self, user: &str, fingerprint: &str, reason: &str) {
        self.server.metrics.count_refusal(RefusalKind::Login);
        if self.connection.is_log_suppressed() {
            return;
        }
        tracing::warn!(
            connection = self.connection.id,
            peer = %self.connection.peer,
            user = printable(user),
            fingerprint,
            reason,
            "login refused"
        );
    }

    /// Refuses a channel, and says why.
    pub async fn refuse_channel(
        &mut self,
        absent: Unsupported,
        reply: ChannelOpenHandle,
    ) -> Result<(), Error> {
        self.record(RefusalKind::Channel, absent.name())?;
        let reason = format!("codeleaf: no {} here", absent.name());
        // RFC 4254, 5.1: administratively prohibited.
        let code = 1;
        reply
            .reject(ChannelOpenFailure::Other { code, reason })
            .await;
        Ok(())
    }

    /// Refuses a request; there is no room for words in the protocol.
    pub fn refuse_request(&mut self, absent: Unsupported) -> Result<(), Error> {
        self.record(RefusalKind::Request, absent.name())
    }

    /// Refuses a subsystem, and returns what to say.
    pub fn refuse_subsystem(&mut self, name: &str) -> Result<String, Error> {
        self.record(RefusalKind::Request, name)?;
        Ok(format!(
            "codeleaf: no {} here, only the reference",
            printable(name)
        ))
    }

    /// Counts and logs a refusal; who does not stop is disconnected.
    fn record(&mut self, what: RefusalKind, name: &str) -> Result<(), Error> {
        self.server.metrics.count_refusal(what);
        self.count += 1;
        if self.count <= MAX_LOGGED {
            tracing::info!(
                connection = self.connection.id,
                name = printable(name),
                "refused"
            );
        }
        if self.count >= MAX_REFUSALS {
            return Err(Error::Disconnect);
        }
        Ok(())
    }
}
