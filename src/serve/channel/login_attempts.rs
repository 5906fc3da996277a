//! The login attempts of one connection: their limit and their log.
//!
//! Each refused attempt is one line, which `assets/fail2ban` matches.

use std::sync::Arc;

use russh::keys::{HashAlg, PublicKey};
use russh::server::Auth;

use crate::serve::net::limiter::ConnectionPermit;
use crate::serve::net::penalties::Offense;
use crate::serve::ops::log::{log_event, printable};
use crate::serve::ops::metrics::RefusalKind;
use crate::serve::state::Connection;

#[derive(Debug)]
pub struct LoginAttempts {
    connection: Arc<Connection>,
    pub permit: ConnectionPermit,
    max_refused: usize,
    refused: usize,
    /// An attempt that russh has not decided yet: the request for the list of methods, or a key
    /// whose signature is awaited. russh does not report a wrong signature.
    undecided: Option<Attempt>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    method: &'static str,
    user: String,
    fingerprint: Option<String>,
}

impl Attempt {
    /// An attempt without a key. The method is named as in RFC 4252.
    pub fn new(method: &'static str, user: &str) -> Self {
        Self {
            method,
            user: printable(user),
            fingerprint: None,
        }
    }

    pub fn with_key(user: &str, key: &PublicKey) -> Self {
        Self {
            fingerprint: Some(key.fingerprint(HashAlg::Sha256).to_string()),
            ..Self::new("publickey", user)
        }
    }
}

impl LoginAttempts {
    pub const fn new(
        connection: Arc<Connection>,
        permit: ConnectionPermit,
        max_refused: usize,
    ) -> Self {
        Self {
            connection,
            permit,
            max_refused,
            refused: 0,
            undecided: None,
        }
    }

    /// True if no attempt may succeed any more. russh then disconnects the client.
    pub const fn is_over(&self) -> bool {
        self.refused >= self.max_refused
    }

    /// Rejects a request for the list of methods, with which every client begins. It counts as an
    /// attempt if no other follows.
    pub fn list_methods(&mut self, user: &str) -> Auth {
        let attempt = Attempt::new("none", user);
        if self.refused == 0 && self.undecided.is_none() {
            self.undecided = Some(attempt);
            return Auth::reject();
        }
        self.refuse(&attempt, "a key is required")
    }

    /// Accepts the key of an attempt, whose signature is checked next.
    pub fn await_signature(&mut self, attempt: Attempt) -> Auth {
        self.refuse_unsigned();
        self.undecided = Some(attempt);
        Auth::Accept
    }

    pub fn accept(&mut self) -> Auth {
        self.undecided = None;
        Auth::Accept
    }

    /// Refuses, counts and logs an attempt.
    pub fn refuse(&mut self, attempt: &Attempt, reason: &str) -> Auth {
        // A refusal after a valid signature decides the same attempt.
        if self.undecided.as_ref() != Some(attempt) {
            self.refuse_unsigned();
        }
        self.undecided = None;
        if self.is_over() {
            return Auth::reject();
        }
        self.refused += 1;
        self.permit.record(Offense::RefusedLogin);
        self.connection
            .server
            .metrics
            .count_refusal(RefusalKind::Login);
        let last = if self.is_over() {
            "; too many attempts"
        } else {
            ""
        };
        log_event!(
            self.connection => warn,
            peer = %self.connection.peer,
            method = attempt.method,
            user = &*attempt.user,
            fingerprint = attempt.fingerprint.as_deref(),
            reason = format!("{reason}{last}"),
            "login refused"
        );
        Auth::reject()
    }

    fn refuse_unsigned(&mut self) {
        let unsigned = |attempt: &mut Attempt| attempt.fingerprint.is_some();
        if let Some(attempt) = self.undecided.take_if(unsigned) {
            self.refuse(&attempt, "no valid signature");
        }
    }
}

impl Drop for LoginAttempts {
    fn drop(&mut self) {
        self.refuse_unsigned();
        if let Some(attempt) = self.undecided.take() {
            self.refuse(&attempt, "a key is required");
        }
    }
}
