//! The run-time configuration: `Leptos.toml`, then the environment, then flags; the later wins.
//!
//! Every key has a default. A bad value or an unknown key is one line that names it, before anything is written.

use std::{net::SocketAddr, path::PathBuf};

mod read;
mod subprocessor;

use ipnet::IpNet;
use serde::Deserialize;

pub use subprocessor::Subprocessor;

/// Everything that can be set.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where and how to listen, and where data lies.
    pub server: Server,
    /// Who runs this instance.
    pub operator: Operator,
    /// How mail leaves. Without a host, links go to the operator's log.
    pub smtp: Smtp,
    /// What a request may cost.
    pub limits: Limits,
    /// What one organisation, account or network may take.
    pub quotas: Quotas,
    /// The cost of a password hash.
    pub passwords: Passwords,
    /// How long a sign-in lasts.
    pub sessions: Sessions,
    /// Others who process personal data for the operator.
    pub subprocessors: Vec<Subprocessor>,
}

/// `[server]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address and port to listen on.
    pub address: SocketAddr,
    /// Directory of the SQLite file and the instance's key.
    pub data: PathBuf,
    /// `postgres://…` to use PostgreSQL instead of SQLite.
    pub database_url: String,
    /// The address that people type, such as `https://cases.example.org`. Empty: `http://` and `address`, which must
    /// then be one.
    pub origin: String,
    /// Networks whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Allow sign-in over plain HTTP beyond loopback, with a plainly named cookie.
    pub plain_cookies: bool,
    /// Base64 of the 32-byte instance key. Empty: the file `instance.key` in the data directory.
    pub secret_key: String,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 3000)),
            data: PathBuf::from("./data"),
            database_url: String::new(),
            origin: String::new(),
            trusted_proxies: Vec::new(),
            plain_cookies: false,
            secret_key: String::new(),
        }
    }
}

/// `[operator]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Operator {
    /// The legal person that runs this instance.
    pub name: String,
    /// Its postal address.
    pub address: String,
    /// Where people write to.
    pub email: String,
    /// How the data protection officer is reached; empty where there is none.
    pub data_protection_officer: String,
    /// The supervisory authority that people may complain to.
    pub authority: String,
    /// The country in which this instance is hosted.
    pub hosting_country: String,
    /// What protects data that leaves it, as a phrase.
    pub transfers: String,
    /// Where weaknesses are reported: an address or an https page. Empty: `email`.
    pub security_contact: String,
    /// For how many days the server's log is kept by whatever collects it; 0 where that has not been said.
    pub log_days: u32,
}

impl Operator {
    fn check(&self, https: bool) -> Result<(), String> {
        let texts = [
            ("name", &self.name),
            ("address", &self.address),
            ("email", &self.email),
            ("data_protection_officer", &self.data_protection_officer),
            ("authority", &self.authority),
            ("hosting_country", &self.hosting_country),
            ("transfers", &self.transfers),
            ("security_contact", &self.security_contact),
        ];
        for (key, text) in texts {
            if text.chars().any(|c| c.is_control() || matches!(c, '{' | '}')) {
                return Err(format!("operator.{key}: must be one line without braces"));
            }
        }
        let address = |text: &str| crate::email::parse(text).is_ok();
        if !self.email.is_empty() && !address(&self.email) {
            return Err("operator.email: must be an e-mail address such as privacy@example.org".into());
        }
        if https && (self.email.is_empty() || is_example(&self.email)) {
            return Err("operator.email: whoever is served over https must be able to write to you: name an address of yours".into());
        }
        let contact = &self.security_contact;
        if !contact.is_empty() && !address(contact) && !contact.starts_with("https://") {
            return Err("operator.security_contact: must be an e-mail address or begin with https://".into());
        }
        Ok(())
    }
}

/// Whether an address is at a name that is reserved for examples.
fn is_example(address: &str) -> bool {
    let host = address.rsplit('@').next().unwrap_or_default();
    host.ends_with(".example")
        || ["example.org", "example.com", "example.net"].iter().any(|name| host == *name || host.ends_with(&format!(".{name}")))
}

/// `[smtp]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Smtp {
    /// Host name; empty switches mail off.
    pub host: String,
    /// Port, usually 587 (STARTTLS) or 465 (TLS).
    pub port: u16,
    /// `starttls`, `tls` or, on loopback only, `none`.
    pub security: String,
    /// User name, if the host asks for one.
    pub user: String,
    /// Password of that user.
    pub password: String,
    /// The sender, such as `CaseTrakr <cases@example.org>`.
    pub from: String,
}

impl Default for Smtp {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 587,
            security: "starttls".into(),
            user: String::new(),
            password: String::new(),
            from: String::new(),
        }
    }
}

/// `[limits]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of an ordinary request body.
    pub body_bytes: u64,
    /// Bytes of a file to import.
    pub import_bytes: u64,
    /// Bytes of a file that goes along with the answer to a privacy request.
    pub file_bytes: u64,
    /// Seconds for one request.
    pub request_seconds: u64,
    /// Seconds for one upload.
    pub upload_seconds: u64,
    /// Seconds until the first byte and the whole head of a request have come.
    pub head_seconds: u64,
    /// Seconds for which a client may take nothing of its answer.
    pub stall_seconds: u64,
    /// Open connections, all together.
    pub connections: usize,
    /// Open connections of one address that is no trusted proxy.
    pub connections_per_address: usize,
    /// Failed sign-ins, sign-ups, and choices about cookies of one network prefix in ten minutes.
    pub attempts_per_prefix: u32,
    /// Privacy requests of one network prefix in an hour.
    pub requests_per_hour: u32,
    /// Sign-ins to one account, right or wrong, with less than ten minutes between one and the next.
    pub sign_ins_per_account: u32,
    /// Messages to one address in an hour, of those that a visitor brings about; in a day three times as many.
    pub mails_per_hour: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1_048_576,
            import_bytes: 200_000_000,
            file_bytes: 25_000_000,
            request_seconds: 15,
            upload_seconds: 600,
            head_seconds: 10,
            stall_seconds: 30,
            connections: 4_096,
            connections_per_address: 256,
            attempts_per_prefix: 200,
            requests_per_hour: 5,
            sign_ins_per_account: 60,
            mails_per_hour: 5,
        }
    }
}

/// `[quotas]`: counted in the database. 0: as many as they like.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quotas {
    /// Files that lie in one organisation and wait to be imported.
    pub import_files: u32,
    /// Bytes of all of them.
    pub import_bytes: u64,
    /// Imports and trials of one organisation that are under way.
    pub imports_at_once: u32,
    /// Organisations that one account owns and founds more of.
    pub organisations_per_account: u32,
    /// Organisations that are founded from one network in an hour.
    pub organisations_per_hour: u32,
    /// Invitations that one organisation sends in a day.
    pub invitations_per_day: u32,
    /// The same on the first day of an organisation.
    pub invitations_first_day: u32,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            import_files: 20,
            import_bytes: 1_000_000_000,
            imports_at_once: 3,
            organisations_per_account: 20,
            organisations_per_hour: 60,
            invitations_per_day: 300,
            invitations_first_day: 50,
        }
    }
}

/// Whether there is one more than a quota allows.
pub const fn is_over(count: i64, quota: u32) -> bool {
    quota > 0 && count > quota as i64
}

/// `[passwords]`: argon2id, one lane.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Passwords {
    /// Memory in KiB, at least 19456.
    pub memory_kib: u32,
    /// Passes, at least 2.
    pub iterations: u32,
    /// Hashes that may wait before the next is refused with 503.
    pub queue: usize,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { memory_kib: 32_768, iterations: 3, queue: 32 }
    }
}

/// `[sessions]`
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {
    /// Minutes without a request after which a session ends.
    pub idle_minutes: u32,
    /// Hours after which a session ends in any case.
    pub absolute_hours: u32,
    /// Sessions of one account at once.
    pub per_account: u32,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { idle_minutes: 120, absolute_hours: 24, per_account: 20 }
    }
}

impl Config {
    /// What no type can say.
    ///
    /// # Errors
    /// One line that names the key.
    fn check(&self) -> Result<(), String> {
        self.check_numbers()?;
        if !self.server.database_url.is_empty() && !self.server.database_url.starts_with("postgres") {
            return Err("server.database_url: must begin with postgres://".into());
        }
        if !self.server.origin.is_empty() && !valid_origin(&self.server.origin) {
            return Err("server.origin: must be http:// or https://, a host and perhaps a port, and nothing behind it".into());
        }
        if self.server.origin.is_empty() && self.server.address.ip().to_canonical().is_unspecified() {
            return Err(format!(
                "server.origin: {} means every address of this machine, which nobody can type; name the one that people type",
                self.server.address
            ));
        }
        if !self.tls() && !self.server.plain_cookies && !is_this_machine(&self.origin()) {
            return Err(format!(
                "server.origin: at {} people would sign in unprotected; name the https address that they type, or allow it with server.plain_cookies",
                self.origin()
            ));
        }
        if !["starttls", "tls", "none"].contains(&self.smtp.security.as_str()) {
            return Err("smtp.security: must be starttls, tls or none".into());
        }
        if self.smtp.security == "none" && !["localhost", "127.0.0.1", "::1", ""].contains(&self.smtp.host.as_str()) {
            return Err("smtp.security: none is for a mail server on this machine only".into());
        }
        if !self.smtp.host.is_empty() && self.smtp.from.is_empty() {
            return Err("smtp.from: must be set where smtp.host is".into());
        }
        if !self.smtp.from.is_empty() && self.smtp.from.parse::<lettre::message::Mailbox>().is_err() {
            return Err("smtp.from: must be an address such as cases@harbour.eu or CaseTrakr <cases@harbour.eu>".into());
        }
        self.operator.check(self.tls())?;
        subprocessor::check(&self.subprocessors)
    }

    /// The least is what the product needs to work at all; the most, what is a slip of the keyboard rather than a wish.
    fn check_numbers(&self) -> Result<(), String> {
        let (limits, passwords, sessions) = (&self.limits, &self.passwords, &self.sessions);
        let bounds = [
            ("passwords.memory_kib", u64::from(passwords.memory_kib), 19_456..=4_194_304),
            ("passwords.iterations", passwords.iterations.into(), 2..=100),
            ("passwords.queue", passwords.queue as u64, 1..=10_000),
            ("limits.body_bytes", limits.body_bytes, 16_384..=100_000_000),
            ("limits.import_bytes", limits.import_bytes, 16_384..=10_000_000_000),
            // What a database takes as one value.
            ("limits.file_bytes", limits.file_bytes, 16_384..=500_000_000),
            ("limits.request_seconds", limits.request_seconds, 1..=3_600),
            ("limits.upload_seconds", limits.upload_seconds, 10..=86_400),
            ("limits.head_seconds", limits.head_seconds, 1..=3_600),
            ("limits.stall_seconds", limits.stall_seconds, 1..=3_600),
            ("limits.connections", limits.connections as u64, 8..=1_000_000),
            ("limits.connections_per_address", limits.connections_per_address as u64, 4..=1_000_000),
            // An office is one network: a few slips of its people must not make all of them wait.
            ("limits.attempts_per_prefix", limits.attempts_per_prefix.into(), 10..=1_000_000),
            ("limits.requests_per_hour", limits.requests_per_hour.into(), 1..=1_000_000),
            ("limits.sign_ins_per_account", limits.sign_ins_per_account.into(), 10..=1_000_000),
            ("limits.mails_per_hour", limits.mails_per_hour.into(), 1..=1_000_000),
            ("sessions.per_account", sessions.per_account.into(), 2..=10_000),
            ("sessions.idle_minutes", sessions.idle_minutes.into(), 1..=43_200),
            // The list of cookies says thirty days at most.
            ("sessions.absolute_hours", sessions.absolute_hours.into(), 1..=720),
        ];
        for (key, value, bounds) in bounds {
            if value < *bounds.start() {
                return Err(format!("{key}: {value} is less than {}", bounds.start()));
            }
            if value > *bounds.end() {
                return Err(format!("{key}: {value} is more than {}", bounds.end()));
            }
        }
        Ok(())
    }

    /// The origin that links and the cross-site guard use; never taken from a request.
    pub fn origin(&self) -> String {
        if self.server.origin.is_empty() { format!("http://{}", self.server.address) } else { self.server.origin.clone() }
    }

    /// Whether only whoever sits at this machine reaches this instance.
    pub fn on_this_machine(&self) -> bool {
        is_this_machine(&self.origin())
    }

    /// Whether people reach this instance over TLS.
    pub fn tls(&self) -> bool {
        self.server.origin.starts_with("https://")
    }
}

fn valid_origin(origin: &str) -> bool {
    let Some(rest) = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://")) else { return false };
    !rest.is_empty() && rest.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'))
}

/// Whether whoever opens that origin sits at the machine itself.
fn is_this_machine(origin: &str) -> bool {
    let authority = origin.split_once("://").map_or(origin, |(_, authority)| authority);
    if let Ok(address) = authority.parse::<SocketAddr>() {
        return address.ip().is_loopback();
    }
    let host = authority.split(':').next().unwrap_or_default();
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
        || authority == "[::1]"
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, String> {
        let pairs: Vec<_> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Config::read(Path::new("/nonexistent/Leptos.toml"), pairs.into_iter(), |_| {})
    }

    #[test]
    fn everything_has_a_default() {
        assert_eq!(read(&[]).unwrap().origin(), "http://127.0.0.1:3000");
    }

    #[test]
    fn the_environment_overrides() {
        let config = read(&[("CASETRAKR_SERVER_ADDRESS", "127.0.0.1:4000"), ("CASETRAKR_LIMITS_BODY_BYTES", "20000")]).unwrap();
        assert_eq!((config.server.address.port(), config.limits.body_bytes), (4000, 20_000));
    }

    #[test]
    fn a_bad_value_or_unknown_key_is_one_line_that_names_it() {
        for (name, value, key) in [
            ("CASETRAKR_SERVER_ADDRESS", "nowhere", "server.address"),
            ("CASETRAKR_SERVER_COLOUR", "red", "server.colour"),
            ("CASETRAKR_PASSWORDS_MEMORY_KIB", "8", "passwords.memory_kib"),
            ("CASETRAKR_SERVER_ORIGIN", "cases.example.org/x", "server.origin"),
            ("CASETRAKR_SERVER_TRUSTED_PROXIES", "[\"x\"]", "server.trusted_proxies"),
            ("CASETRAKR_NONSENSE_KEY", "1", "nonsense"),
        ] {
            let line = read(&[(name, value)]).unwrap_err();
            assert!(line.contains(key) && !line.contains('\n'), "{name}: {line}");
        }
    }

    #[test]
    fn a_key_of_text_takes_any_text() {
        for text in ["12345678", "true", "[x]", "-1", "1e3", ""] {
            let config = read(&[("CASETRAKR_SMTP_PASSWORD", text), ("CASETRAKR_OPERATOR_NAME", text)]).unwrap();
            assert_eq!((config.smtp.password.as_str(), config.operator.name.as_str()), (text, text));
        }
        let config = read(&[("CASETRAKR_SERVER_TRUSTED_PROXIES", "[\"10.0.0.0/8\"]"), ("CASETRAKR_SERVER_PLAIN_COOKIES", "true")]).unwrap();
        assert_eq!((config.server.trusted_proxies.len(), config.server.plain_cookies), (1, true));
    }

    #[test]
    fn what_flags_set_is_checked_and_what_they_replace_is_not() {
        let with = |address: &str, flag: &str| {
            let pairs = [("CASETRAKR_SERVER_ADDRESS".to_owned(), address.to_owned())];
            Config::read(Path::new("/nonexistent/Leptos.toml"), pairs.into_iter(), |config| config.server.address = flag.parse().unwrap())
        };
        assert!(with("0.0.0.0:3000", "127.0.0.1:3000").is_ok());
        assert!(with("127.0.0.1:3000", "0.0.0.0:3000").is_err());
    }

    #[test]
    fn a_sender_is_an_address() {
        let from = |from: &str| read(&[("CASETRAKR_SMTP_HOST", "mail.harbour.eu"), ("CASETRAKR_SMTP_FROM", from)]).map(|_| ());
        for good in ["cases@harbour.eu", "CaseTrakr <cases@harbour.eu>"] {
            assert_eq!(from(good), Ok(()), "{good}");
        }
        for bad in ["", "nobody", "CaseTrakr", "CaseTrakr <cases>", "cases@harbour.eu\nBcc: x@harbour.eu"] {
            let line = from(bad).unwrap_err();
            assert!(line.starts_with("smtp.from: must be") && !line.contains('\n'), "{bad}: {line}");
        }
        assert!(read(&[("CASETRAKR_SMTP_FROM", "nobody")]).is_err(), "also before there is a host");
    }

    #[test]
    fn numbers_have_their_bounds() {
        for key in [
            "passwords.queue",
            "limits.import_bytes",
            "limits.file_bytes",
            "limits.upload_seconds",
            "limits.attempts_per_prefix",
            "limits.requests_per_hour",
            "sessions.absolute_hours",
        ] {
            let name = format!("CASETRAKR_{}", key.to_uppercase().replacen('.', "_", 1));
            let most = if key == "limits.import_bytes" { "99000000000" } else { "4000000000" };
            for (value, says) in [("0", "is less than"), (most, "is more than")] {
                let line = read(&[(&name, value)]).unwrap_err();
                assert!(line.starts_with(&format!("{key}: {value} {says}")) && !line.contains('\n'), "{line}");
            }
        }
    }

    #[test]
    fn nobody_signs_in_unprotected_unless_that_was_allowed() {
        for (name, value) in [
            ("CASETRAKR_SERVER_ADDRESS", "192.168.0.5:3000"),
            ("CASETRAKR_SERVER_ADDRESS", "[2001:db8::5]:3000"),
            ("CASETRAKR_SERVER_ORIGIN", "http://cases.harbour.eu"),
            ("CASETRAKR_SERVER_ORIGIN", "http://localhost.harbour.eu:3000"),
        ] {
            let line = read(&[(name, value)]).unwrap_err();
            assert!(
                line.starts_with("server.origin: ") && line.contains("server.plain_cookies") && !line.contains('\n'),
                "{value}: {line}"
            );
            assert!(read(&[(name, value), ("CASETRAKR_SERVER_PLAIN_COOKIES", "true")]).is_ok(), "{value}");
        }
        for (name, value) in [
            ("CASETRAKR_SERVER_ADDRESS", "127.0.0.9:80"),
            ("CASETRAKR_SERVER_ADDRESS", "[::1]:3000"),
            ("CASETRAKR_SERVER_ORIGIN", "http://localhost:8080"),
            ("CASETRAKR_SERVER_ORIGIN", "http://[::1]"),
            ("CASETRAKR_SERVER_ORIGIN", "http://127.0.0.1"),
        ] {
            assert!(read(&[(name, value)]).is_ok(), "{value}");
        }
    }

    #[test]
    fn who_listens_everywhere_says_what_people_type() {
        for address in ["0.0.0.0:3000", "[::]:3000", "[::ffff:0.0.0.0]:3000"] {
            let everywhere =
                |key, value| read(&[("CASETRAKR_SERVER_ADDRESS", address), ("CASETRAKR_SERVER_PLAIN_COOKIES", "true"), (key, value)]);
            let line = everywhere("CASETRAKR_SERVER_ORIGIN", "").unwrap_err();
            assert!(line.starts_with("server.origin: ") && line.contains("every address") && !line.contains('\n'), "{address}: {line}");
            assert_eq!(everywhere("CASETRAKR_SERVER_ORIGIN", "http://192.168.0.5:3000").unwrap().origin(), "http://192.168.0.5:3000");
            let proxied = [
                ("CASETRAKR_SERVER_ADDRESS", address),
                ("CASETRAKR_SERVER_ORIGIN", "https://cases.harbour.eu"),
                ("CASETRAKR_OPERATOR_EMAIL", "privacy@harbour.eu"),
            ];
            assert!(read(&proxied).is_ok(), "{address}");
        }
    }

    #[test]
    fn pp_16_nobody_is_served_over_https_without_an_address_to_write_to() {
        let served = |email: &str| read(&[("CASETRAKR_SERVER_ORIGIN", "https://cases.harbour.eu"), ("CASETRAKR_OPERATOR_EMAIL", email)]);
        for made_up in ["", "privacy@example.org", "privacy@mail.example.com", "privacy@harbour.example"] {
            let line = served(made_up).unwrap_err();
            assert!(line.starts_with("operator.email: ") && !line.contains('\n'), "{made_up}: {line}");
        }
        assert!(served("privacy@harbour.eu").is_ok() && served("privacy@notexample.org").is_ok());
        assert!(read(&[("CASETRAKR_OPERATOR_EMAIL", "privacy@harbour.example")]).is_ok(), "on this machine it is nobody's business");
    }

    #[test]
    fn the_shipped_file_documents_every_default_and_agrees_with_cargo() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let shipped = Config::read(&root.join("Leptos.toml"), std::iter::empty(), |_| {}).unwrap();
        assert_eq!(format!("{shipped:?}"), format!("{:?}", Config::default()));
        let table = |name: &str| std::fs::read_to_string(root.join(name)).unwrap().parse::<toml::Table>().unwrap();
        let leptos = |name: &str| table(name)["package"]["metadata"]["leptos"].as_table().unwrap().clone();
        let cargo = leptos("Cargo.toml");
        for (key, value) in leptos("Leptos.toml") {
            assert_eq!(cargo.get(&key), Some(&value), "{key} differs between Cargo.toml and Leptos.toml");
        }
    }
}
