//! The signature of this instance: Ed25519, with a key derived from the instance's own.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

use crate::server::state::State;

/// Where the public key is published.
pub const KEY_PATH: &str = "/.well-known/casetrakr-signing-key.pem";

/// What stands before the 32 bytes of a public key in the form that other tools read (SPKI, DER).
const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// Signs a text.
pub fn sign(state: &State, text: &[u8]) -> Vec<u8> {
    pair(state).sign(text).as_ref().to_vec()
}

/// Whether a text was signed by this instance.
pub fn verify(state: &State, text: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, pair(state).public_key().as_ref()).verify(text, signature).is_ok()
}

/// Whether a text was signed with the key of which this is the public half, as an installation publishes it.
pub fn verify_with(pem: &str, text: &[u8], signature: &[u8]) -> bool {
    let inside: String = pem.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
    let Ok(der) = STANDARD.decode(inside) else { return false };
    der.strip_prefix(&SPKI).is_some_and(|key| UnparsedPublicKey::new(&ED25519, key).verify(text, signature).is_ok())
}

/// The public key, for whoever checks a signature.
pub fn public_key(state: &State) -> String {
    let mut der = SPKI.to_vec();
    der.extend_from_slice(pair(state).public_key().as_ref());
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der))
}

fn pair(state: &State) -> Ed25519KeyPair {
    let seed = state.key.derive("package-signature");
    Ed25519KeyPair::from_seed_unchecked(seed.bytes()).expect("a seed of Ed25519 is 32 bytes long")
}
