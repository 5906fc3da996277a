//! Answers the SSH protocol for one connection: who may log in, and the one thing there is to ask
//! for. Everything else is refused.

use std::sync::Arc;
use std::time::Instant;

use russh::keys::{Certificate, HashAlg, PublicKey};
use russh::server::{Auth, ChannelOpenHandle, Msg, PublicKeyOffer, Session, VerifiedPublicKey};
use russh::{Channel, ChannelId, Error, Pty};

use crate::serve::auth::key_entry::{Denial, PtyPermission};
use crate::serve::auth::policy::{AuthPolicy, Login};
use crate::serve::channel::client_terminal::ClientTerminal;
use crate::serve::channel::context::ChannelContext;
use crate::serve::channel::input_buffer::InputBuffer;
use crate::serve::channel::refusals::{Refusals, Unsupported};
use crate::serve::channel::{client_terminal, request};
use crate::serve::net::connection::{Connection, Stage};
use crate::serve::net::limiter::ConnectionPermit;
use crate::serve::ops::log::printable;
use crate::serve::state::ServerState;

/// One connection, as the protocol sees it.
pub struct Handler {
    server: Arc<ServerState>,
    connection: Arc<Connection>,
    permit: ConnectionPermit,
    login: Option<Login>,
    channel: Option<SessionChannel>,
    refusals: Refusals,
}

/// The session channel.
struct SessionChannel {
    id: ChannelId,
    client: ClientTerminal,
    input: Arc<InputBuffer>,
    started: bool,
}

impl Handler {
    pub fn new(
        house: Arc<ServerState>,
        connection: Arc<Connection>,
        seat: ConnectionPermit,
    ) -> Self {
        Self {
            refusals: Refusals::new(Arc::clone(&house), Arc::clone(&connection)),
            server: house,
            connection,
            permit: seat,
            login: None,
            channel: None,
        }
    }

    /// Returns what the owner of a key may do here and now.
    fn authorize(&self, key: &PublicKey) -> Result<PtyPermission, Denial> {
        self.server.auth.authorize(key, self.connection.peer.ip())
    }

    fn deny(&self, user: &str, key: &PublicKey, denial: Denial) -> Auth {
        let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
        self.refusals
            .refuse_login(user, &fingerprint, &denial.to_string());
        Auth::reject()
    }

    /// Starts what was asked for; says whether that was possible.
    fn start(&mut self, id: ChannelId, asked: request::ChannelRequest, session: &Session) -> bool {
        let (Some(open), Some(login)) = (&mut self.channel, &self.login) else {
            return false;
        };
        if open.started || open.id != id {
            return false;
        }
        open.started = true;
        self.connection.stage.send_replace(Stage::InSession);
        let desk = ChannelContext {
            server: Arc::clone(&self.server),
            connection: Arc::clone(&self.connection),
            handle: session.handle(),
            id,
            input: Arc::clone(&open.input),
            client: open.client.clone(),
            identity: login.identity.clone(),
        };
        tokio::spawn(request::serve_channel(desk, asked));
        true
    }

    /// Returns the session channel while nothing was started on it.
    fn unstarted_channel(&mut self, id: ChannelId) -> Option<&mut SessionChannel> {
        self.channel
            .as_mut()
            .filter(|open| open.id == id && !open.started)
    }
}

impl Drop for Handler {
    /// The connection is gone, whatever the reason.
    fn drop(&mut self) {
        if let Some(open) = &self.channel {
            open.input.close();
        }
    }
}

impl russh::server::Handler for Handler {
    type Error = Error;

    async fn auth_none(&mut self, user: &str) -> Result<Auth, Error> {
        Ok(match &self.server.auth {
            AuthPolicy::Open => {
                self.login = Some(Login {
                    user: user.to_owned(),
                    identity: None,
                    pty: PtyPermission::Allowed,
                });
                Auth::Accept
            }
            // Every client asks for this first, to learn which methods there are.
            AuthPolicy::Keys(_) => Auth::reject(),
        })
    }

    async fn auth_publickey_offered(
        &mut self,
        user: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, Error> {
        Ok(match self.authorize(offer.public_key) {
            Ok(_) => Auth::Accept,
            Err(denial) => self.deny(user, offer.public_key, denial),
        })
    }

    async fn auth_publickey(
        &mut self,
        user: &str,
        key: VerifiedPublicKey<'_>,
    ) -> Result<Auth, Error> {
        let key = key.public_key;
        Ok(match self.authorize(key) {
            Ok(screen) => {
                self.login = Some(Login {
                    user: user.to_owned(),
                    identity: self.server.auth.identity(key),
                    pty: screen,
                });
                Auth::Accept
            }
            Err(denial) => self.deny(user, key, denial),
        })
    }

    async fn auth_openssh_certificate(
        &mut self,
        user: &str,
        certificate: &Certificate,
    ) -> Result<Auth, Error> {
        let fingerprint = certificate.public_key().fingerprint(HashAlg::Sha256);
        self.refusals.refuse_login(
            user,
            &fingerprint.to_string(),
            "certificates are not supported: list the key itself",
        );
        Ok(Auth::reject())
    }

    async fn auth_succeeded(&mut self, _: &mut Session) -> Result<(), Error> {
        self.permit.mark_logged_in();
        self.server.metrics.logins.inc();
        self.connection.stage.send_replace(Stage::LoggedIn);
        if let Some(login) = &self.login {
            let fingerprint = login.identity.as_ref().map(|reader| &*reader.fingerprint);
            tracing::info!(
                connection = self.connection.id,
                peer = %self.connection.peer,
                user = printable(&login.user),
                fingerprint = fingerprint.unwrap_or("none"),
                "logged in"
            );
        }
        Ok(())
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Error> {
        if self.channel.is_some() {
            return self
                .refusals
                .refuse_channel(Unsupported::SecondSession, reply)
                .await;
        }
        self.channel = Some(SessionChannel {
            id: channel.id(),
            client: ClientTerminal::default(),
            input: Arc::new(InputBuffer::new(self.server.limits().input_capacity)),
            started: false,
        });
        reply.accept().await;
        Ok(())
    }

    async fn channel_open_x11(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        _: u32,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Error> {
        self.refusals
            .refuse_channel(Unsupported::X11Forwarding, reply)
            .await
    }

    async fn channel_open_direct_tcpip(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        _: u32,
        _: &str,
        _: u32,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Error> {
        self.refusals
            .refuse_channel(Unsupported::PortForwarding, reply)
            .await
    }

    async fn channel_open_forwarded_tcpip(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        _: u32,
        _: &str,
        _: u32,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Error> {
        self.refusals
            .refuse_channel(Unsupported::PortForwarding, reply)
            .await
    }

    async fn channel_open_direct_streamlocal(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Error> {
        self.refusals
            .refuse_channel(Unsupported::SocketForwarding, reply)
            .await
    }

    async fn tcpip_forward(
        &mut self,
        _: &str,
        _: &mut u32,
        _: &mut Session,
    ) -> Result<bool, Error> {
        self.refusals.refuse_request(Unsupported::PortForwarding)?;
        Ok(false)
    }

    async fn streamlocal_forward(&mut self, _: &str, _: &mut Session) -> Result<bool, Error> {
        self.refusals
            .refuse_request(Unsupported::SocketForwarding)?;
        Ok(false)
    }

    async fn agent_request(&mut self, _: ChannelId, _: &mut Session) -> Result<bool, Error> {
        self.refusals.refuse_request(Unsupported::AgentForwarding)?;
        Ok(false)
    }

    async fn x11_request(
        &mut self,
        channel: ChannelId,
        _: bool,
        _: &str,
        _: &str,
        _: u32,
        session: &mut Session,
    ) -> Result<(), Error> {
        self.refusals.refuse_request(Unsupported::X11Forwarding)?;
        session.channel_failure(channel)
    }

    async fn env_request(
        &mut self,
        channel: ChannelId,
        name: &str,
        value: &str,
        session: &mut Session,
    ) -> Result<(), Error> {
        let taken = self
            .unstarted_channel(channel)
            .is_some_and(|open| open.client.set_variable(name, value));
        send_reply(session, channel, taken)
    }

    async fn pty_request(
        &mut self,
        channel: ChannelId,
        term: &str,
        columns: u32,
        rows: u32,
        _: u32,
        _: u32,
        _: &[(Pty, u32)],
        session: &mut Session,
    ) -> Result<(), Error> {
        let most = self.server.limits().max_size;
        let screen = self.login.as_ref().map(|login| login.pty);
        // Who may have no screen gets plain text all the same: OpenSSH's client gives up when it is
        // refused a terminal.
        let term = if screen == Some(PtyPermission::Allowed) {
            term
        } else {
            "dumb"
        };
        let open = self.unstarted_channel(channel);
        let taken = open.is_some();
        if let Some(open) = open {
            open.client
                .set_pty(term, client_terminal::clamped_size(columns, rows, most));
        }
        send_reply(session, channel, taken)
    }

    async fn window_change_request(
        &mut self,
        channel: ChannelId,
        columns: u32,
        rows: u32,
        _: u32,
        _: u32,
        _: &mut Session,
    ) -> Result<(), Error> {
        let size = client_terminal::clamped_size(columns, rows, self.server.limits().max_size);
        if let Some(open) = self.channel.as_mut().filter(|open| open.id == channel) {
            open.client.set_size(size);
            open.input.resize(size);
        }
        Ok(())
    }

    async fn shell_request(&mut self, id: ChannelId, session: &mut Session) -> Result<(), Error> {
        let started = self.start(id, request::ChannelRequest::Command(String::new()), session);
        send_reply(session, id, started)
    }

    async fn exec_request(
        &mut self,
        id: ChannelId,
        line: &[u8],
        session: &mut Session,
    ) -> Result<(), Error> {
        let started = self.start(id, request::ChannelRequest::parse_command(line), session);
        send_reply(session, id, started)
    }

    /// Is granted, so that the client hears why there is no such thing.
    async fn subsystem_request(
        &mut self,
        id: ChannelId,
        name: &str,
        session: &mut Session,
    ) -> Result<(), Error> {
        let words = self.refusals.refuse_subsystem(name)?;
        let started = self.start(id, request::ChannelRequest::Rejected(words), session);
        send_reply(session, id, started)
    }

    async fn data(&mut self, id: ChannelId, data: &[u8], _: &mut Session) -> Result<(), Error> {
        if let Some(open) = self.channel.as_ref().filter(|open| open.id == id) {
            open.input.push(data, Instant::now());
        }
        Ok(())
    }

    async fn channel_eof(&mut self, id: ChannelId, _: &mut Session) -> Result<(), Error> {
        if let Some(open) = self.channel.as_ref().filter(|open| open.id == id) {
            open.input.close();
        }
        Ok(())
    }

    async fn channel_close(&mut self, id: ChannelId, session: &mut Session) -> Result<(), Error> {
        self.channel_eof(id, session).await
    }
}

fn send_reply(session: &mut Session, channel: ChannelId, granted: bool) -> Result<(), Error> {
    if granted {
        session.channel_success(channel)
    } else {
        session.channel_failure(channel)
    }
}
