//! Answers the SSH protocol for one connection: who may log in, and the one thing there is to ask
//! for. Everything else is refused.

use std::sync::Arc;
use std::time::Instant;

use russh::keys::{Certificate, HashAlg, PublicKey};
use russh::server::{Auth, ChannelOpenHandle, Msg, PublicKeyOffer, Session, VerifiedPublicKey};
use russh::{Channel, ChannelId, Error, Pty};

use super::authorized::{Denial, Screen};
use super::channel;
use super::client::{self, Client};
use super::connection::{Connection, Stage};
use super::desk::Desk;
use super::entry::{Entry, Login};
use super::gate::Seat;
use super::house::House;
use super::inbox::Inbox;
use super::log::said;
use super::refusals::{Absent, Refusals};

/// One connection, as the protocol sees it.
pub(super) struct Handler {
    house: Arc<House>,
    connection: Arc<Connection>,
    seat: Seat,
    login: Option<Login>,
    channel: Option<Open>,
    refusals: Refusals,
}

/// The session channel.
struct Open {
    id: ChannelId,
    client: Client,
    inbox: Arc<Inbox>,
    started: bool,
}

impl Handler {
    pub fn new(house: Arc<House>, connection: Arc<Connection>, seat: Seat) -> Self {
        Self {
            refusals: Refusals::new(Arc::clone(&house), Arc::clone(&connection)),
            house,
            connection,
            seat,
            login: None,
            channel: None,
        }
    }

    /// Returns what the owner of a key may do here and now.
    fn screen(&self, key: &PublicKey) -> Result<Screen, Denial> {
        self.house.entry.screen(key, self.connection.peer.ip())
    }

    fn deny(&self, user: &str, key: &PublicKey, denial: Denial) -> Auth {
        let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
        self.refusals.login(user, &fingerprint, &denial.to_string());
        Auth::reject()
    }

    /// Starts what was asked for; says whether that was possible.
    fn start(&mut self, id: ChannelId, asked: channel::Asked, session: &Session) -> bool {
        let (Some(open), Some(login)) = (&mut self.channel, &self.login) else {
            return false;
        };
        if open.started || open.id != id {
            return false;
        }
        open.started = true;
        self.connection.stage.send_replace(Stage::Reading);
        let desk = Desk {
            house: Arc::clone(&self.house),
            connection: Arc::clone(&self.connection),
            handle: session.handle(),
            id,
            inbox: Arc::clone(&open.inbox),
            client: open.client.clone(),
            reader: login.reader.clone(),
        };
        tokio::spawn(channel::attend(desk, asked));
        true
    }

    /// Returns the session channel while nothing was started on it.
    fn unstarted(&mut self, id: ChannelId) -> Option<&mut Open> {
        self.channel
            .as_mut()
            .filter(|open| open.id == id && !open.started)
    }
}

impl Drop for Handler {
    /// The connection is gone, whatever the reason.
    fn drop(&mut self) {
        if let Some(open) = &self.channel {
            open.inbox.end();
        }
    }
}

impl russh::server::Handler for Handler {
    type Error = Error;

    async fn auth_none(&mut self, user: &str) -> Result<Auth, Error> {
        Ok(match &self.house.entry {
            Entry::Everybody => {
                self.login = Some(Login {
                    user: user.to_owned(),
                    reader: None,
                    screen: Screen::Allowed,
                });
                Auth::Accept
            }
            // Every client asks for this first, to learn which methods there are.
            Entry::Keys(_) => Auth::reject(),
        })
    }

    async fn auth_publickey_offered(
        &mut self,
        user: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, Error> {
        Ok(match self.screen(offer.public_key) {
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
        Ok(match self.screen(key) {
            Ok(screen) => {
                self.login = Some(Login {
                    user: user.to_owned(),
                    reader: self.house.entry.reader(key),
                    screen,
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
        self.refusals.login(
            user,
            &fingerprint.to_string(),
            "certificates are not supported: list the key itself",
        );
        Ok(Auth::reject())
    }

    async fn auth_succeeded(&mut self, _: &mut Session) -> Result<(), Error> {
        self.seat.logged_in();
        self.house.metrics.logins.inc();
        self.connection.stage.send_replace(Stage::LoggedIn);
        if let Some(login) = &self.login {
            let fingerprint = login.reader.as_ref().map(|reader| &*reader.fingerprint);
            tracing::info!(
                connection = self.connection.number,
                peer = %self.connection.peer,
                user = said(&login.user),
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
            return self.refusals.channel(Absent::SecondSession, reply).await;
        }
        self.channel = Some(Open {
            id: channel.id(),
            client: Client::default(),
            inbox: Arc::new(Inbox::new(self.house.limits().input)),
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
        self.refusals.channel(Absent::X11Forwarding, reply).await
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
        self.refusals.channel(Absent::PortForwarding, reply).await
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
        self.refusals.channel(Absent::PortForwarding, reply).await
    }

    async fn channel_open_direct_streamlocal(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Error> {
        self.refusals.channel(Absent::SocketForwarding, reply).await
    }

    async fn tcpip_forward(
        &mut self,
        _: &str,
        _: &mut u32,
        _: &mut Session,
    ) -> Result<bool, Error> {
        self.refusals.request(Absent::PortForwarding)?;
        Ok(false)
    }

    async fn streamlocal_forward(&mut self, _: &str, _: &mut Session) -> Result<bool, Error> {
        self.refusals.request(Absent::SocketForwarding)?;
        Ok(false)
    }

    async fn agent_request(&mut self, _: ChannelId, _: &mut Session) -> Result<bool, Error> {
        self.refusals.request(Absent::AgentForwarding)?;
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
        self.refusals.request(Absent::X11Forwarding)?;
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
            .unstarted(channel)
            .is_some_and(|open| open.client.set_variable(name, value));
        answer(session, channel, taken)
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
        let most = self.house.limits().screen;
        let screen = self.login.as_ref().map(|login| login.screen);
        // Who may have no screen gets plain text all the same: OpenSSH's client gives up when it is
        // refused a terminal.
        let term = if screen == Some(Screen::Allowed) {
            term
        } else {
            "dumb"
        };
        let open = self.unstarted(channel);
        let taken = open.is_some();
        if let Some(open) = open {
            open.client
                .set_terminal(term, client::size(columns, rows, most));
        }
        answer(session, channel, taken)
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
        let size = client::size(columns, rows, self.house.limits().screen);
        if let Some(open) = self.channel.as_mut().filter(|open| open.id == channel) {
            open.client.set_size(size);
            open.inbox.resize(size);
        }
        Ok(())
    }

    async fn shell_request(&mut self, id: ChannelId, session: &mut Session) -> Result<(), Error> {
        let started = self.start(id, channel::Asked::Line(String::new()), session);
        answer(session, id, started)
    }

    async fn exec_request(
        &mut self,
        id: ChannelId,
        line: &[u8],
        session: &mut Session,
    ) -> Result<(), Error> {
        let started = self.start(id, channel::Asked::line(line), session);
        answer(session, id, started)
    }

    /// Is granted, so that the client hears why there is no such thing.
    async fn subsystem_request(
        &mut self,
        id: ChannelId,
        name: &str,
        session: &mut Session,
    ) -> Result<(), Error> {
        let words = self.refusals.subsystem(name)?;
        let started = self.start(id, channel::Asked::Nothing(words), session);
        answer(session, id, started)
    }

    async fn data(&mut self, id: ChannelId, data: &[u8], _: &mut Session) -> Result<(), Error> {
        if let Some(open) = self.channel.as_ref().filter(|open| open.id == id) {
            open.inbox.push(data, Instant::now());
        }
        Ok(())
    }

    async fn channel_eof(&mut self, id: ChannelId, _: &mut Session) -> Result<(), Error> {
        if let Some(open) = self.channel.as_ref().filter(|open| open.id == id) {
            open.inbox.end();
        }
        Ok(())
    }

    async fn channel_close(&mut self, id: ChannelId, session: &mut Session) -> Result<(), Error> {
        self.channel_eof(id, session).await
    }
}

fn answer(session: &mut Session, channel: ChannelId, granted: bool) -> Result<(), Error> {
    if granted {
        session.channel_success(channel)
    } else {
        session.channel_failure(channel)
    }
}
