//! The russh handler of one connection: logins, and the one session channel. Other requests are
//! refused.

use std::sync::Arc;
use std::time::Instant;

use russh::keys::{Certificate, PublicKey};
use russh::server::{
    Auth, ChannelOpenHandle, Msg, PublicKeyOffer, Response, Session, VerifiedPublicKey,
};
use russh::{Channel, ChannelId, Disconnect, Error, Pty};

use crate::serve::auth::authorized_keys::KeyIdentity;
use crate::serve::auth::key_entry::PtyPermission;
use crate::serve::channel::client_terminal::{ClientTerminal, clamped_size};
use crate::serve::channel::context::ChannelContext;
use crate::serve::channel::input_buffer::InputBuffer;
use crate::serve::channel::login_attempts::{Attempt, LoginAttempts};
use crate::serve::channel::refusals::Refusals;
use crate::serve::channel::request::{ChannelRequest, serve_channel};
use crate::serve::net::penalties::Offense;
use crate::serve::ops::log::{CONNECTION, log_event, printable};
use crate::serve::ops::metrics::RefusalKind;
use crate::serve::state::{Connection, Stage};
use crate::sync::lock;

pub struct Handler {
    connection: Arc<Connection>,
    attempts: LoginAttempts,
    login: Option<Login>,
    channel: Option<SessionChannel>,
    refusals: Refusals,
}

/// A logged-in user.
struct Login {
    /// The name that the client sends. It is only logged.
    user: String,
    /// `None` if everyone may log in.
    identity: Option<KeyIdentity>,
    pty: PtyPermission,
}

struct SessionChannel {
    id: ChannelId,
    client: ClientTerminal,
    input: Arc<InputBuffer>,
    started: bool,
}

impl Handler {
    pub fn new(connection: Arc<Connection>, attempts: LoginAttempts) -> Self {
        Self {
            refusals: Refusals::new(Arc::clone(&connection)),
            connection,
            attempts,
            login: None,
            channel: None,
        }
    }

    /// Checks a key, and refuses the attempt if the key is not authorized.
    async fn authorize(&mut self, user: &str, key: &PublicKey) -> Result<PtyPermission, Auth> {
        if self.attempts.is_over() {
            return Err(Auth::reject());
        }
        let (server, from) = (&self.connection.server, self.connection.peer.ip());
        server.authorize(key, from).await.map_err(|denial| {
            let attempt = Attempt::with_key(user, key);
            self.attempts.refuse(&attempt, &denial.to_string())
        })
    }

    fn accept(&mut self, user: &str, identity: Option<KeyIdentity>, pty: PtyPermission) -> Auth {
        self.login = Some(Login {
            user: user.to_owned(),
            identity,
            pty,
        });
        self.attempts.accept()
    }

    /// Starts serving a request, and replies to it. Fails if the channel has a request already.
    fn start(
        &mut self,
        id: ChannelId,
        request: ChannelRequest,
        session: &mut Session,
    ) -> Result<(), Error> {
        let channel = self.channel.as_mut();
        let channel = channel.filter(|channel| channel.id == id && !channel.started);
        let (Some(channel), Some(login)) = (channel, &self.login) else {
            return session.channel_failure(id);
        };
        channel.started = true;
        self.connection.stage.send_replace(Stage::InSession);
        let context = ChannelContext {
            connection: Arc::clone(&self.connection),
            handle: session.handle(),
            id,
            input: Arc::clone(&channel.input),
            client: channel.client.clone(),
            identity: login.identity.clone(),
        };
        let served = serve_channel(context, request);
        tokio::spawn(CONNECTION.scope(self.connection.id, served));
        session.channel_success(id)
    }

    fn channel(&mut self, id: ChannelId) -> Option<&mut SessionChannel> {
        self.channel.as_mut().filter(|channel| channel.id == id)
    }

    /// The session channel, if it has no request yet.
    fn unstarted_channel(&mut self, id: ChannelId) -> Option<&mut SessionChannel> {
        self.channel(id).filter(|channel| !channel.started)
    }
}

impl Drop for Handler {
    /// Ends the session when the connection is gone.
    fn drop(&mut self) {
        if self.refusals.are_too_many() {
            self.attempts.permit.record(Offense::Abuse);
        }
        if let Some(channel) = &self.channel {
            channel.input.close();
        }
    }
}

/// Defines handlers that refuse a channel.
macro_rules! refuse_channels {
    ($($handler:ident($($parameter:ty),+) => $feature:literal,)+) => {$(
        async fn $handler(
            &mut self,
            _: Channel<Msg>,
            $(_: $parameter,)+
            reply: ChannelOpenHandle,
            _: &mut Session,
        ) -> Result<(), Error> {
            self.refusals.refuse_channel($feature, reply).await
        }
    )+};
}

impl russh::server::Handler for Handler {
    type Error = Error;

    /// Called when keys are exchanged, before the first login attempt.
    async fn authentication_banner(&mut self) -> Result<Option<String>, Error> {
        self.connection.stream.mark_keys_exchanged();
        Ok(lock(&self.connection.server.banner).clone())
    }

    async fn auth_none(&mut self, user: &str) -> Result<Auth, Error> {
        Ok(match &self.connection.server.authorized_keys {
            None => self.accept(user, None, PtyPermission::Allowed),
            Some(_) => self.attempts.list_methods(user),
        })
    }

    async fn auth_password(&mut self, user: &str, _: &str) -> Result<Auth, Error> {
        let attempt = Attempt::new("password", user);
        Ok(self.attempts.refuse(&attempt, "passwords are not accepted"))
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        user: &str,
        _: &str,
        _: Option<Response<'a>>,
    ) -> Result<Auth, Error> {
        let attempt = Attempt::new("keyboard-interactive", user);
        Ok(self.attempts.refuse(&attempt, "passwords are not accepted"))
    }

    async fn auth_publickey_offered(
        &mut self,
        user: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, Error> {
        Ok(match self.authorize(user, offer.public_key).await {
            Ok(_) => {
                let attempt = Attempt::with_key(user, offer.public_key);
                self.attempts.await_signature(attempt)
            }
            Err(refusal) => refusal,
        })
    }

    async fn auth_publickey(
        &mut self,
        user: &str,
        key: VerifiedPublicKey<'_>,
    ) -> Result<Auth, Error> {
        let needs_key = self.connection.server.authorized_keys.is_some();
        let identity = needs_key.then(|| KeyIdentity::from(key.public_key));
        Ok(match self.authorize(user, key.public_key).await {
            Ok(pty) => self.accept(user, identity, pty),
            Err(refusal) => refusal,
        })
    }

    async fn auth_openssh_certificate(
        &mut self,
        user: &str,
        certificate: &Certificate,
    ) -> Result<Auth, Error> {
        let key = PublicKey::from(certificate.public_key().clone());
        let reason = "certificates are not supported: list the key itself";
        Ok(self.attempts.refuse(&Attempt::with_key(user, &key), reason))
    }

    async fn auth_succeeded(&mut self, session: &mut Session) -> Result<(), Error> {
        let Some(login) = &self.login else {
            return Ok(());
        };
        let fingerprint = login.identity.as_ref().map(|user| &*user.fingerprint);
        let (connection, peer) = (&self.connection, self.connection.peer);
        let permit = &mut self.attempts.permit;
        if let Err(rejection) = permit.log_in(fingerprint, &connection.server.limits()) {
            connection.server.metrics.count_refusal(RefusalKind::Login);
            let reason = rejection.to_string();
            log_event!(connection => warn, %peer, fingerprint, reason, "session refused");
            self.login = None;
            let message = format!("codeleaf: {rejection}");
            return session.disconnect(Disconnect::TooManyConnections, &message, "");
        }
        connection.stream.mark_logged_in();
        connection.server.metrics.logins.inc();
        connection.stage.send_replace(Stage::LoggedIn);
        let (user, fingerprint) = (printable(&login.user), fingerprint.unwrap_or("none"));
        log_event!(connection => info, %peer, user, fingerprint, "logged in");
        Ok(())
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Error> {
        if self.channel.is_some() {
            return self.refusals.refuse_channel("second session", reply).await;
        }
        self.channel = Some(SessionChannel {
            id: channel.id(),
            client: ClientTerminal::default(),
            input: Arc::new(InputBuffer::new(
                self.connection.server.limits().input_capacity,
            )),
            started: false,
        });
        reply.accept().await;
        Ok(())
    }

    refuse_channels! {
        channel_open_x11(&str, u32) => "X11 forwarding",
        channel_open_direct_tcpip(&str, u32, &str, u32) => "port forwarding",
        channel_open_forwarded_tcpip(&str, u32, &str, u32) => "port forwarding",
        channel_open_direct_streamlocal(&str) => "socket forwarding",
    }

    async fn tcpip_forward(
        &mut self,
        _: &str,
        _: &mut u32,
        _: &mut Session,
    ) -> Result<bool, Error> {
        self.refusals.refuse_request("port forwarding")
    }

    async fn streamlocal_forward(&mut self, _: &str, _: &mut Session) -> Result<bool, Error> {
        self.refusals.refuse_request("socket forwarding")
    }

    async fn agent_request(&mut self, _: ChannelId, _: &mut Session) -> Result<bool, Error> {
        self.refusals.refuse_request("agent forwarding")
    }

    async fn x11_request(
        &mut self,
        id: ChannelId,
        _: bool,
        _: &str,
        _: &str,
        _: u32,
        session: &mut Session,
    ) -> Result<(), Error> {
        self.refusals.refuse_request("X11 forwarding")?;
        session.channel_failure(id)
    }

    async fn env_request(
        &mut self,
        id: ChannelId,
        name: &str,
        value: &str,
        session: &mut Session,
    ) -> Result<(), Error> {
        let channel = self.unstarted_channel(id);
        let accepted = channel.is_some_and(|channel| channel.client.set_variable(name, value));
        send_reply(session, id, accepted)
    }

    async fn pty_request(
        &mut self,
        id: ChannelId,
        term: &str,
        columns: u32,
        rows: u32,
        _: u32,
        _: u32,
        _: &[(Pty, u32)],
        session: &mut Session,
    ) -> Result<(), Error> {
        let size = clamped_size(columns, rows, self.connection.server.limits().max_size);
        // OpenSSH's client gives up if a terminal is refused. A dumb one gets plain text.
        let term = match &self.login {
            Some(login) if login.pty == PtyPermission::Allowed => term,
            _ => "dumb",
        };
        let channel = self.unstarted_channel(id);
        let accepted = channel.map(|channel| channel.client.set_pty(term, size));
        send_reply(session, id, accepted.is_some())
    }

    async fn window_change_request(
        &mut self,
        id: ChannelId,
        columns: u32,
        rows: u32,
        _: u32,
        _: u32,
        _: &mut Session,
    ) -> Result<(), Error> {
        let size = clamped_size(columns, rows, self.connection.server.limits().max_size);
        if let Some(channel) = self.channel(id) {
            channel.client.set_size(size);
            channel.input.resize(size);
        }
        Ok(())
    }

    async fn shell_request(&mut self, id: ChannelId, session: &mut Session) -> Result<(), Error> {
        self.start(id, ChannelRequest::Command(String::new()), session)
    }

    async fn exec_request(
        &mut self,
        id: ChannelId,
        line: &[u8],
        session: &mut Session,
    ) -> Result<(), Error> {
        self.start(id, ChannelRequest::parse_command(line), session)
    }

    /// Accepts the request, so that the client can show why it fails.
    async fn subsystem_request(
        &mut self,
        id: ChannelId,
        name: &str,
        session: &mut Session,
    ) -> Result<(), Error> {
        self.refusals.refuse_request(name)?;
        let name = printable(name);
        let message = format!("codeleaf: {name} is not supported, only the reader");
        self.start(id, ChannelRequest::Rejected(message), session)
    }

    async fn data(&mut self, id: ChannelId, data: &[u8], _: &mut Session) -> Result<(), Error> {
        if let Some(channel) = self.channel(id) {
            channel.input.push(data, Instant::now());
        }
        Ok(())
    }

    async fn channel_eof(&mut self, id: ChannelId, _: &mut Session) -> Result<(), Error> {
        if let Some(channel) = self.channel(id) {
            channel.input.close();
        }
        Ok(())
    }

    async fn channel_close(&mut self, id: ChannelId, session: &mut Session) -> Result<(), Error> {
        self.channel_eof(id, session).await
    }
}

fn send_reply(session: &mut Session, id: ChannelId, accepted: bool) -> Result<(), Error> {
    if accepted {
        session.channel_success(id)
    } else {
        session.channel_failure(id)
    }
}
