//! The cookie by which a device is known on which somebody signed in to an account before.
//!
//! It opens nothing: whoever has it still needs the password. It only keeps the attempts from this device apart from those of
//! strangers, so that nobody who guesses can keep the owner out. It is sealed with the instance's key, names accounts and
//! devices by number alone, and the server stores nothing of it.

use axum::http::request::Parts;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use leptos::prelude::use_context;
use uuid::Uuid;

use super::session;
use crate::{
    clock::Instant,
    ids::{Id, kinds},
    server::{http::cookie, visit::Visit},
};

type UserId = Id<kinds::User>;

/// It lasts as long as a choice about cookies does, from the last sign-in on.
const DAYS: i64 = 182;
/// Accounts of one browser; the one that signed in longest ago goes.
const MOST: usize = 4;
const CONTEXT: &[u8] = b"device";

/// One account's device.
#[derive(Clone, Copy)]
struct Device {
    user: Uuid,
    device: Uuid,
    since: Instant,
}

/// The number of this device, if somebody signed in to the account on it.
pub(super) fn of(visit: &Visit, user: UserId) -> Option<Uuid> {
    held(visit).into_iter().find(|one| one.user == user.uuid()).map(|one| one.device)
}

/// Knows this device from now on.
pub(super) fn remember(visit: &Visit, user: UserId) {
    let mut all = held(visit);
    let device = of(visit, user).unwrap_or_else(Uuid::now_v7);
    all.retain(|one| one.user != user.uuid());
    all.insert(0, Device { user: user.uuid(), device, since: visit.state.clock.now() });
    all.truncate(MOST);
    let value: Vec<String> = all.iter().map(|one| one.sealed(visit)).collect();
    session::set_cookie(&visit.state.config, name(visit), &value.join("."), DAYS * 86_400);
}

fn held(visit: &Visit) -> Vec<Device> {
    let Some(parts) = use_context::<Parts>() else { return Vec::new() };
    let Some(value) = cookie::read(&parts.headers, name(visit)) else { return Vec::new() };
    value.split('.').take(MOST).filter_map(|sealed| Device::opened(visit, sealed)).collect()
}

impl Device {
    fn sealed(self, visit: &Visit) -> String {
        let plain = [self.user.as_bytes().as_slice(), self.device.as_bytes(), &self.since.0.to_be_bytes()].concat();
        URL_SAFE_NO_PAD.encode(visit.state.key.derive("device").seal(CONTEXT, &plain))
    }

    fn opened(visit: &Visit, sealed: &str) -> Option<Self> {
        let plain = visit.state.key.derive("device").open(CONTEXT, &URL_SAFE_NO_PAD.decode(sealed).ok()?)?;
        let (user, rest) = plain.split_first_chunk::<16>()?;
        let (device, since) = rest.split_first_chunk::<16>()?;
        let since = Instant(i64::from_be_bytes(since.try_into().ok()?));
        (since.plus_seconds(DAYS * 86_400) > visit.state.clock.now()).then(|| Self {
            user: Uuid::from_bytes(*user),
            device: Uuid::from_bytes(*device),
            since,
        })
    }
}

/// The `__Host-` prefix needs TLS; without it the cookie has another name.
fn name(visit: &Visit) -> &'static str {
    if visit.state.config.tls() { "__Host-ct_device" } else { "ct_device" }
}
