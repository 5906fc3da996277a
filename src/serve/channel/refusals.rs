//! Refusals of what this server does not support, with their log, metrics and limit.

use std::sync::Arc;

use russh::server::ChannelOpenHandle;
use russh::{ChannelOpenFailure, Error};

use crate::serve::ops::log::{log_event, printable};
use crate::serve::ops::metrics::RefusalKind;
use crate::serve::state::Connection;

/// The maximum number of refusals that are logged per connection.
const MAX_LOGGED: u32 = 8;

/// The number of refusals that ends a connection.
const MAX_REFUSALS: u32 = 64;

/// The refusals of one connection.
#[derive(Debug)]
pub struct Refusals {
    connection: Arc<Connection>,
    count: u32,
}

impl Refusals {
    pub const fn new(connection: Arc<Connection>) -> Self {
        Self {
            connection,
            count: 0,
        }
    }

    /// Refuses a channel. The client shows the reason.
    pub async fn refuse_channel(
        &mut self,
        feature: &str,
        reply: ChannelOpenHandle,
    ) -> Result<(), Error> {
        self.record(RefusalKind::Channel, feature)?;
        let reason = format!("codeleaf: {feature} is not supported");
        // RFC 4254, 5.1: administratively prohibited.
        let code = 1;
        reply
            .reject(ChannelOpenFailure::Other { code, reason })
            .await;
        Ok(())
    }

    /// Refuses a request. Returns false for russh, which replies with a failure: the protocol has no
    /// room for a reason.
    pub fn refuse_request(&mut self, feature: &str) -> Result<bool, Error> {
        self.record(RefusalKind::Request, feature)?;
        Ok(false)
    }

    pub const fn are_too_many(&self) -> bool {
        self.count >= MAX_REFUSALS
    }

    /// Counts and logs a refusal. Too many of them disconnect the client.
    fn record(&mut self, kind: RefusalKind, name: &str) -> Result<(), Error> {
        self.connection.server.metrics.count_refusal(kind);
        self.count += 1;
        if self.count <= MAX_LOGGED {
            log_event!(self.connection => info, name = printable(name), "refused");
        }
        if self.are_too_many() {
            return Err(Error::Disconnect);
        }
        Ok(())
    }
}
