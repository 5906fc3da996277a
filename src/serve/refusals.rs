//! Says no, and keeps account of it: what does not exist here and is asked for all the same, since
//! every SSH client can ask for it.

use std::sync::Arc;

use russh::server::ChannelOpenHandle;
use russh::{ChannelOpenFailure, Error};

use super::connection::Connection;
use super::house::House;
use super::log::said;
use super::metrics::What;

/// How many refusals are logged a connection.
const LOGGED: u32 = 8;

/// How many refusals end a connection.
const TIRED: u32 = 64;

/// What does not exist here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absent {
    AgentForwarding,
    PortForwarding,
    SecondSession,
    SocketForwarding,
    X11Forwarding,
}

impl Absent {
    const fn words(self) -> &'static str {
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
pub(super) struct Refusals {
    house: Arc<House>,
    connection: Arc<Connection>,
    count: u32,
}

impl Refusals {
    pub const fn new(house: Arc<House>, connection: Arc<Connection>) -> Self {
        Self {
            house,
            connection,
            count: 0,
        }
    }

    /// Refuses a login.
    pub fn login(&self, user: &str, fingerprint: &str, reason: &str) {
        self.house.metrics.refuse(What::Login);
        if self.connection.goes_unmentioned() {
            return;
        }
        tracing::warn!(
            connection = self.connection.number,
            peer = %self.connection.peer,
            user = said(user),
            fingerprint,
            reason,
            "login refused"
        );
    }

    /// Refuses a channel, and says why.
    pub async fn channel(&mut self, absent: Absent, reply: ChannelOpenHandle) -> Result<(), Error> {
        self.note(What::Channel, absent.words())?;
        let reason = format!("codeleaf: no {} here", absent.words());
        // RFC 4254, 5.1: administratively prohibited.
        let code = 1;
        reply
            .reject(ChannelOpenFailure::Other { code, reason })
            .await;
        Ok(())
    }

    /// Refuses a request; there is no room for words in the protocol.
    pub fn request(&mut self, absent: Absent) -> Result<(), Error> {
        self.note(What::Request, absent.words())
    }

    /// Refuses a subsystem, and returns what to say.
    pub fn subsystem(&mut self, name: &str) -> Result<String, Error> {
        self.note(What::Request, name)?;
        Ok(format!(
            "codeleaf: no {} here, only the reference",
            said(name)
        ))
    }

    /// Counts and logs a refusal; who does not stop is disconnected.
    fn note(&mut self, what: What, name: &str) -> Result<(), Error> {
        self.house.metrics.refuse(what);
        self.count += 1;
        if self.count <= LOGGED {
            tracing::info!(
                connection = self.connection.number,
                name = said(name),
                "refused"
            );
        }
        if self.count >= TIRED {
            return Err(Error::Disconnect);
        }
        Ok(())
    }
}
