//! The settings of a server: command-line options, keys of a TOML file, and defaults.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::{NonZeroU16, NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, Deserializer};

use crate::diagnostics::{Diagnostics, Report};
use crate::serve::net::network::Network;
use crate::tty::Size;

/// Declares each setting once: as an option with its help, as a key of the file, and in
/// [`Settings::or`].
macro_rules! settings {
    ($($(#[doc = $help:literal])+ $name:ident: $type:ty => $value:literal,)+) => {
        /// Settings as written. `None` means the value of the file, or else the default.
        #[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args, Deserialize)]
        #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
        pub struct Settings {
            /// Allow everyone who can reach the port, without a key.
            #[arg(long, num_args = 0, default_missing_value = "true")]
            pub open: Option<bool>,
            /// Allow connections from this network or address only; may be given more than once.
            #[arg(long, value_name = "NETWORK")]
            pub allow: Option<Vec<Network>>,
            /// Document folders, as `--content` names them.
            #[arg(skip)]
            pub content: Option<Vec<PathBuf>>,
            /// Log which codes are opened, and by whom; search words are never logged.
            #[arg(long, num_args = 0, default_missing_value = "true")]
            pub log_codes: Option<bool>,
            $($(#[doc = $help])+ #[arg(long, value_name = $value)] pub $name: Option<$type>,)+
        }

        impl Settings {
            /// Fills the values that are `None` from other settings.
            #[must_use]
            pub fn or(self, other: Self) -> Self {
                Self {
                    open: self.open.or(other.open),
                    allow: self.allow.or(other.allow),
                    content: self.content.or(other.content),
                    log_codes: self.log_codes.or(other.log_codes),
                    $($name: self.$name.or(other.$name),)+
                }
            }
        }
    };
}

settings! {
    /// Listen on this address [default: 127.0.0.1:2222].
    listen: SocketAddr => "ADDRESS:PORT",
    /// Allow the users whose keys are in this file, in the format of OpenSSH's authorized_keys.
    authorized_keys: PathBuf => "FILE",
    /// Show the text of this file before the login.
    banner: PathBuf => "FILE",
    /// Use this host key; created if missing [default: in the state folder].
    host_key: PathBuf => "FILE",
    /// Serve Prometheus metrics over HTTP on this address.
    metrics: SocketAddr => "ADDRESS:PORT",
    /// Format of log lines [default: text].
    log_format: LogFormat => "FORMAT",
    /// Maximum number of connections [default: 200].
    max_connections: NonZeroUsize => "N",
    /// Maximum number of connections that are not logged in yet [default: 100].
    max_logins: NonZeroUsize => "N",
    /// Maximum number of those from one address [default: 20].
    max_logins_per_address: NonZeroUsize => "N",
    /// Maximum number of refused attempts in one login [default: 6].
    max_auth_tries: NonZeroUsize => "N",
    /// Maximum number of sessions from one address [default: 50].
    max_sessions_per_address: NonZeroUsize => "N",
    /// Maximum number of sessions with one key [default: 10].
    max_sessions_per_key: NonZeroUsize => "N",
    /// The longest time that an address is refused after failed logins [default: 10m].
    penalty_time: TimeLimit => "TIME",
    /// Time limit for a login [default: 10s].
    login_time: TimeLimit => "TIME",
    /// Time limit without a key press; a warning is shown a minute before [default: 30m].
    idle_time: TimeLimit => "TIME",
    /// Time limit for a client that does not read its output [default: 2m].
    unread_time: TimeLimit => "TIME",
    /// Time limit for a session [default: off].
    session_time: TimeLimit => "TIME",
    /// Maximum number of screen columns [default: 300].
    max_columns: NonZeroU16 => "N",
    /// Maximum number of screen rows [default: 100].
    max_rows: NonZeroU16 => "N",
    /// Maximum number of input bytes waiting in a session; more are dropped [default: 65536].
    max_input: NonZeroUsize => "BYTES",
    /// Input bytes per second from a client; faster input is read more slowly [default: 16384].
    max_input_rate: NonZeroU32 => "BYTES",
    /// Maximum number of frames per second sent to a session [default: 60].
    max_frames: NonZeroU32 => "N",
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Time, level, message, fields.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

/// An optional time limit, written as `10s`, `30m`, `1h 30m` or `off`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct TimeLimit(Option<Duration>);

/// The longest time limit, a century: it can be added to any [`std::time::Instant`].
const MAX_TIME_LIMIT: Duration = Duration::from_secs(36_500 * 24 * 60 * 60);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a number and a unit, such as 90s, 30m or 8h, or `off`")]
pub struct TimeLimitError;

impl FromStr for TimeLimit {
    type Err = TimeLimitError;

    fn from_str(text: &str) -> Result<Self, TimeLimitError> {
        if text == "off" {
            return Ok(Self(None));
        }
        match humantime::parse_duration(text) {
            Ok(limit) if !limit.is_zero() && limit <= MAX_TIME_LIMIT => Ok(Self(Some(limit))),
            _ => Err(TimeLimitError),
        }
    }
}

impl TryFrom<String> for TimeLimit {
    type Error = TimeLimitError;

    fn try_from(text: String) -> Result<Self, TimeLimitError> {
        text.parse()
    }
}

/// Who may log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everyone.
    Open,
    /// The owners of the keys in a file.
    Keys(PathBuf),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error(
        "choose who may log in: --authorized-keys FILE allows the owners of the keys in FILE and \
         saves their positions; --open allows everyone who can reach the port"
    )]
    NoAccess,
    #[error("--open and --authorized-keys contradict each other: give one of the two")]
    ConflictingAccess,
    #[error("--login-time cannot be off: silent connections would fill the server")]
    LoginTimeOff,
    #[error("--unread-time cannot be off: clients that do not read would fill the server")]
    UnreadTimeOff,
}

/// The limits of a running server. A reload may change all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The networks that clients connect from; `None` allows all.
    pub allow: Option<Vec<Network>>,
    pub connections: usize,
    /// Connections that are not logged in.
    pub logins: usize,
    pub logins_per_address: usize,
    pub sessions_per_address: usize,
    pub sessions_per_key: usize,
    /// The longest penalty; `None` if there are none.
    pub penalty_time: Option<Duration>,
    /// From connecting to login, and from login to the first request.
    pub login_time: Duration,
    pub idle_time: Option<Duration>,
    pub session_time: Option<Duration>,
    pub max_size: Size,
    pub unread_time: Duration,
    /// In bytes.
    pub input_capacity: usize,
    /// In bytes per second, in the long run.
    pub input_rate: u32,
    pub frame_interval: Duration,
    pub log_codes: bool,
}

impl Limits {
    pub fn allows(&self, address: IpAddr) -> bool {
        let allow = self.allow.as_ref();
        allow.is_none_or(|networks| networks.iter().any(|network| network.contains(address)))
    }
}

impl Settings {
    /// Parses a configuration file.
    ///
    /// # Errors
    ///
    /// Reports every error with its line and column.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, Report> {
        let mut diagnostics = Diagnostics::new(text);
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let hint = "a line is `name = value`; text needs double quotes".to_owned();
            let span = error.span().unwrap_or(0..0);
            diagnostics.syntax_error(span, error.message().to_owned(), hint);
        }
        let mut settings = Self::default();
        // Each key is deserialized by itself, since deserializing stops at the first error.
        for (key, value) in table.into_inner() {
            let span = key.span();
            let table: DeTable<'_> = std::iter::once((key, value)).collect();
            match Self::deserialize(Deserializer::from(Spanned::new(span.clone(), table))) {
                Ok(setting) => settings = settings.or(setting),
                Err(error) => diagnostics.invalid(
                    error.span().unwrap_or(span),
                    error.message().trim_end(),
                    "names are those in `codeleaf serve --help`, without the leading dashes",
                ),
            }
        }
        diagnostics.into_result(name)?;
        Ok(settings)
    }

    /// Overrides the settings of a file with these. If these choose who may log in, the file's choice
    /// is ignored.
    #[must_use]
    pub fn merge_over(self, mut file: Self) -> Self {
        if self.open.is_some() || self.authorized_keys.is_some() {
            file.open = None;
            file.authorized_keys = None;
        }
        self.or(file)
    }

    pub fn access(&self) -> Result<Access, SettingsError> {
        match (&self.authorized_keys, self.open == Some(true)) {
            (None, false) => Err(SettingsError::NoAccess),
            (Some(_), true) => Err(SettingsError::ConflictingAccess),
            (None, true) => Ok(Access::Open),
            (Some(path), false) => Ok(Access::Keys(path.clone())),
        }
    }

    pub fn listen_address(&self) -> SocketAddr {
        self.listen
            .unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 2222)))
    }

    /// The TCP ports to listen on.
    pub fn ports(&self) -> Vec<u16> {
        let addresses = [Some(self.listen_address()), self.metrics];
        addresses.iter().flatten().map(SocketAddr::port).collect()
    }

    pub fn max_auth_tries(&self) -> usize {
        self.max_auth_tries.map_or(6, NonZeroUsize::get)
    }

    pub fn limits(&self) -> Result<Limits, SettingsError> {
        let count = |set: Option<NonZeroUsize>, default| set.map_or(default, NonZeroUsize::get);
        let side = |set: Option<NonZeroU16>, default| set.map_or(default, NonZeroU16::get);
        let time = |set: Option<TimeLimit>, default| {
            set.map_or(Some(Duration::from_secs(default)), |limit| limit.0)
        };
        Ok(Limits {
            allow: self.allow.clone(),
            connections: count(self.max_connections, 200),
            logins: count(self.max_logins, 100),
            logins_per_address: count(self.max_logins_per_address, 20),
            sessions_per_address: count(self.max_sessions_per_address, 50),
            sessions_per_key: count(self.max_sessions_per_key, 10),
            penalty_time: time(self.penalty_time, 10 * 60),
            login_time: time(self.login_time, 10).ok_or(SettingsError::LoginTimeOff)?,
            idle_time: time(self.idle_time, 30 * 60),
            session_time: self.session_time.and_then(|limit| limit.0),
            max_size: Size::new(side(self.max_columns, 300), side(self.max_rows, 100)),
            unread_time: time(self.unread_time, 120).ok_or(SettingsError::UnreadTimeOff)?,
            input_capacity: count(self.max_input, 64 * 1024),
            input_rate: self.max_input_rate.map_or(16 * 1024, NonZeroU32::get),
            frame_interval: Duration::from_secs(1) / self.max_frames.map_or(60, NonZeroU32::get),
            log_codes: self.log_codes == Some(true),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn access_must_be_chosen_explicitly() {
        let none = Settings::default();
        assert_eq!(none.access(), Err(SettingsError::NoAccess));
        let open = Settings {
            open: Some(true),
            ..Settings::default()
        };
        assert_eq!(open.access(), Ok(Access::Open));
        let keys = Settings {
            authorized_keys: Some("keys".into()),
            ..Settings::default()
        };
        assert_eq!(
            keys.clone().or(open.clone()).access(),
            Err(SettingsError::ConflictingAccess)
        );
        // The command line overrides the file.
        assert_eq!(
            keys.merge_over(open).access(),
            Ok(Access::Keys("keys".into()))
        );
    }

    #[test]
    fn login_and_unread_time_limits_cannot_be_off() {
        let limits_of = |text: &str| Settings::from_toml("serve.toml", text).unwrap().limits();
        let login = limits_of("login-time = \"off\"");
        assert_eq!(login, Err(SettingsError::LoginTimeOff));
        let unread = limits_of("unread-time = \"off\"");
        assert_eq!(unread, Err(SettingsError::UnreadTimeOff));
        assert!(limits_of("idle-time = \"off\"").is_ok());
    }

    #[test]
    fn config_file_sets_the_same_settings_as_options() {
        let text = "listen = \"0.0.0.0:22\"\nauthorized-keys = \"k\"\nidle-time = \"5m\"\n\
                    max-connections = 2000\nlog-format = \"json\"\ncontent = [\"a\", \"b\"]\n\
                    allow = [\"10.0.0.0/8\", \"::1\"]\n";
        let settings = Settings::from_toml("serve.toml", text).unwrap();
        let limits = settings.limits().unwrap();
        assert_eq!(limits.connections, 2000);
        let allowed = ["10.1.2.3", "::1", "192.168.0.1"].map(|a| limits.allows(a.parse().unwrap()));
        assert_eq!(allowed, [true, true, false]);
        assert_eq!(limits.idle_time, Some(Duration::from_secs(300)));
        assert_eq!(settings.listen_address().port(), 22);
        assert_eq!(settings.log_format, Some(LogFormat::Json));
    }

    #[test]
    fn config_errors_are_all_reported_with_line_and_column() {
        let text = "listen = \"here\"\nidle-tme = \"5m\"\nmax-rows = 0\nlogin-time = \"soon\"\n";
        let report = Settings::from_toml("serve.toml", text).unwrap_err();
        let positions: Vec<_> = report
            .diagnostics
            .iter()
            .map(|diagnostic| (diagnostic.line, diagnostic.column))
            .collect();
        assert_eq!(positions, [(1, 10), (2, 1), (3, 12), (4, 14)], "{report}");
        assert!(report.to_string().contains("serve.toml:2:1"), "{report}");
        let report = Settings::from_toml("serve.toml", "open = \n").unwrap_err();
        assert!(report.to_string().contains("serve.toml:1:"), "{report}");
    }

    #[test]
    fn time_limits_have_a_unit() {
        for (text, milliseconds) in [
            ("10s", 10_000),
            ("30m", 1_800_000),
            ("250ms", 250),
            ("1h 30m", 5_400_000),
            ("1d", 86_400_000),
        ] {
            let limit: TimeLimit = text.parse().unwrap();
            assert_eq!(limit.0, Some(Duration::from_millis(milliseconds)), "{text}");
        }
        assert_eq!("off".parse(), Ok(TimeLimit(None)));
        for wrong in [
            "",
            "30",
            "m",
            "0s",
            "-1s",
            "9999999999999d",
            "101years",
            "é",
        ] {
            assert_eq!(wrong.parse::<TimeLimit>(), Err(TimeLimitError), "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_time_limit_or_an_error(text in "([0-9]{0,25} ?[a-z]{0,7} ?){0,3}|\\PC*") {
            let _ = text.parse::<TimeLimit>();
        }
    }
}
