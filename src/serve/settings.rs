//! Defines what an administrator can set, on the command line or in a TOML file, and the defaults.

use std::net::{Ipv4Addr, SocketAddr};
use std::num::{NonZeroU16, NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, Deserializer};

use crate::diagnostics::{Diagnostics, Report};
use crate::serve::time_limit::TimeLimit;
use crate::tty::Size;

/// Declares the settings once: as options, as keys of the file, and how one stands before the
/// other.
macro_rules! settings {
    ($($(#[doc = $help:literal])+ $name:ident: $type:ty => $value:literal,)+) => {
        /// What can be set; `None` leaves it to the configuration file, or else to the default.
        #[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args, Deserialize)]
        #[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
        pub struct Settings {
            /// Let everybody in who can reach the port, without a key.
            #[arg(long, num_args = 0, default_missing_value = "true")]
            pub open: Option<bool>,
            /// Folders of documents, as `--content` names them.
            #[arg(skip)]
            pub content: Option<Vec<PathBuf>>,
            /// Log which codes are opened, and by whom; words searched are never logged.
            #[arg(long, num_args = 0, default_missing_value = "true")]
            pub log_codes: Option<bool>,
            $($(#[doc = $help])+ #[arg(long, value_name = $value)] pub $name: Option<$type>,)+
        }

        impl Settings {
            /// Returns these settings, and those of another wherever these leave it open.
            #[must_use]
            pub fn or(self, other: Self) -> Self {
                Self {
                    open: self.open.or(other.open),
                    content: self.content.or(other.content),
                    log_codes: self.log_codes.or(other.log_codes),
                    $($name: self.$name.or(other.$name),)+
                }
            }
        }
    };
}

settings! {
    /// Where to listen [default: 127.0.0.1:2222].
    listen: SocketAddr => "ADDRESS:PORT",
    /// Let in who has one of these keys; a file in the format of OpenSSH's authorized_keys.
    authorized_keys: PathBuf => "FILE",
    /// The server's own key; made where there is none [default: in the state folder].
    host_key: PathBuf => "FILE",
    /// Serve figures in Prometheus' format over HTTP here.
    metrics: SocketAddr => "ADDRESS:PORT",
    /// How log lines are written [default: text].
    log_format: LogFormat => "FORMAT",
    /// How many connections there may be [default: 200].
    max_connections: NonZeroUsize => "N",
    /// How many of them may not be logged in yet [default: 100].
    max_logins: NonZeroUsize => "N",
    /// How many of those may come from one address [default: 20].
    max_logins_per_address: NonZeroUsize => "N",
    /// How long a login may take [default: 10s].
    login_time: TimeLimit => "TIME",
    /// How long a reader may do nothing; a warning comes a minute before [default: 30m].
    idle_time: TimeLimit => "TIME",
    /// How long a client may leave unread what it is sent [default: 2m].
    unread_time: TimeLimit => "TIME",
    /// How long a session may last in all [default: off].
    session_time: TimeLimit => "TIME",
    /// The most columns of a screen [default: 300].
    max_columns: NonZeroU16 => "N",
    /// The most rows of a screen [default: 100].
    max_rows: NonZeroU16 => "N",
    /// The most bytes of input that wait for a session; what comes on top is dropped
    /// [default: 65536].
    max_input: NonZeroUsize => "BYTES",
    /// How many bytes a client may send in a second; one that sends more for long is read more
    /// slowly [default: 16384].
    max_input_rate: NonZeroU32 => "BYTES",
    /// The most frames that a session is sent in a second [default: 60].
    max_frames: NonZeroU32 => "N",
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Time, level, message, fields.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Who is let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Open,
    /// Who has a key of this file.
    Keys(PathBuf),
}

/// Says that the settings contradict themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Nobody said who is let in.
    #[error(
        "who may read? Give --authorized-keys FILE to let in those whose keys are listed there \
         (each finds again where they were), or --open to let in everybody who can reach the port"
    )]
    NoAccess,
    /// Two answers to who is let in.
    #[error("--open lets everybody in, --authorized-keys only some: give one of the two")]
    ConflictingAccess,
    /// Something would never end.
    #[error("--login-time cannot be off: silent connections would fill the server")]
    LoginTimeOff,
    /// Something else would never end.
    #[error("--unread-time cannot be off: clients that read nothing would fill the server")]
    UnreadTimeOff,
}

/// What the server keeps to while it runs; all of it can change without a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections in all.
    pub connections: usize,
    /// Connections not logged in yet.
    pub logins: usize,
    /// Connections of one address not logged in yet.
    pub logins_per_address: usize,
    /// From connecting to the first screen's request.
    pub login_time: Duration,
    /// Without a key.
    pub idle_time: Option<Duration>,
    /// In all.
    pub session_time: Option<Duration>,
    /// The largest screen.
    pub max_size: Size,
    /// With something sent that is not read.
    pub unread_time: Duration,
    /// Input that waits, in bytes.
    pub input_capacity: usize,
    /// Bytes from a client in a second, in the long run.
    pub input_rate: u32,
    /// The least time between two frames.
    pub frame_interval: Duration,
    /// Whether codes are logged.
    pub code_logging: CodeLogging,
}

/// Whether the log says which codes were opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeLogging {
    /// It does.
    Enabled,
    /// It does not.
    Disabled,
}

impl Settings {
    /// Reads a configuration file.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, with line and column.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, Report> {
        let mut problems = Diagnostics::new(text);
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let hint = "a line is `name = value`; text stands in double quotes".to_owned();
            let at = error.span().unwrap_or(0..0);
            problems.syntax_error(at, error.message().to_owned(), hint);
        }
        let mut settings = Self::default();
        // Each key by itself, since reading stops at the first error.
        for (key, value) in table.into_inner() {
            let span = key.span();
            let only: DeTable<'_> = std::iter::once((key, value)).collect();
            match Self::deserialize(Deserializer::from(Spanned::new(span.clone(), only))) {
                Ok(one) => settings = settings.or(one),
                Err(error) => problems.invalid(
                    error.span().unwrap_or(span),
                    error.message().trim_end(),
                    "the names are those of `codeleaf serve --help`, without the dashes in front",
                ),
            }
        }
        problems.into_result(name)?;
        Ok(settings)
    }

    /// Returns these settings before those of a file; who is let in is taken from one of the two.
    #[must_use]
    pub fn merge_over(self, mut file: Self) -> Self {
        if self.open.is_some() || self.authorized_keys.is_some() {
            file.open = None;
            file.authorized_keys = None;
        }
        self.or(file)
    }

    /// Returns who is let in.
    pub fn access(&self) -> Result<Access, SettingsError> {
        match (&self.authorized_keys, self.open == Some(true)) {
            (None, false) => Err(SettingsError::NoAccess),
            (Some(_), true) => Err(SettingsError::ConflictingAccess),
            (None, true) => Ok(Access::Open),
            (Some(path), false) => Ok(Access::Keys(path.clone())),
        }
    }

    /// Returns where to listen.
    pub fn listen_address(&self) -> SocketAddr {
        self.listen
            .unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 2222)))
    }

    /// Returns what the server keeps to.
    pub fn limits(&self) -> Result<Limits, SettingsError> {
        let count = |set: Option<NonZeroUsize>, default| set.map_or(default, NonZeroUsize::get);
        let side = |set: Option<NonZeroU16>, default| set.map_or(default, NonZeroU16::get);
        let frames = self.max_frames.map_or(60, NonZeroU32::get);
        let unread_time = self
            .unread_time
            .unwrap_or(TimeLimit::from_secs(120))
            .duration();
        Ok(Limits {
            connections: count(self.max_connections, 200),
            logins: count(self.max_logins, 100),
            logins_per_address: count(self.max_logins_per_address, 20),
            login_time: self
                .login_time
                .unwrap_or(TimeLimit::from_secs(10))
                .duration()
                .ok_or(SettingsError::LoginTimeOff)?,
            idle_time: self
                .idle_time
                .unwrap_or(TimeLimit::from_secs(1800))
                .duration(),
            session_time: self.session_time.unwrap_or(TimeLimit::OFF).duration(),
            max_size: Size::new(side(self.max_columns, 300), side(self.max_rows, 100)),
            unread_time: unread_time.ok_or(SettingsError::UnreadTimeOff)?,
            input_capacity: count(self.max_input, 64 * 1024),
            input_rate: self.max_input_rate.map_or(16 * 1024, NonZeroU32::get),
            frame_interval: Duration::from_secs(1) / frames,
            code_logging: if self.log_codes == Some(true) {
                CodeLogging::Enabled
            } else {
                CodeLogging::Disabled
            },
        })
    }
}

#[cfg(test)]
mod tests {
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
        // The command line stands before the file.
        assert_eq!(
            keys.merge_over(open).access(),
            Ok(Access::Keys("keys".into()))
        );
    }

    #[test]
    fn login_and_unread_time_limits_cannot_be_off() {
        let of = |text: &str| Settings::from_toml("serve.toml", text).unwrap().limits();
        let login = of("login-time = \"off\"");
        assert_eq!(login, Err(SettingsError::LoginTimeOff));
        let unread = of("unread-time = \"off\"");
        assert_eq!(unread, Err(SettingsError::UnreadTimeOff));
        assert!(of("idle-time = \"off\"").is_ok());
    }

    #[test]
    fn config_file_sets_the_same_settings_as_options() {
        let text = "listen = \"0.0.0.0:22\"\nauthorized-keys = \"k\"\nidle-time = \"5m\"\n\
                    max-connections = 2000\nlog-format = \"json\"\ncontent = [\"a\", \"b\"]\n";
        let settings = Settings::from_toml("serve.toml", text).unwrap();
        let limits = settings.limits().unwrap();
        assert_eq!(limits.connections, 2000);
        assert_eq!(limits.idle_time, Some(Duration::from_secs(300)));
        assert_eq!(settings.listen_address().port(), 22);
        assert_eq!(settings.log_format, Some(LogFormat::Json));
    }

    #[test]
    fn config_errors_are_all_reported_with_line_and_column() {
        let text = "listen = \"here\"\nidle-tme = \"5m\"\nmax-rows = 0\nlogin-time = \"soon\"\n";
        let report = Settings::from_toml("serve.toml", text).unwrap_err();
        let at: Vec<_> = report
            .diagnostics
            .iter()
            .map(|p| (p.line, p.column))
            .collect();
        assert_eq!(at, [(1, 10), (2, 1), (3, 12), (4, 14)], "{report}");
        assert!(report.to_string().contains("serve.toml:2:1"), "{report}");
        let report = Settings::from_toml("serve.toml", "open = \n").unwrap_err();
        assert!(report.to_string().contains("serve.toml:1:"), "{report}");
    }
}
