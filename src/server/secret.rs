//! The instance's key and what is made with it: sealed values, signatures, tokens.
//!
//! The primitives are ring's. One 32-byte instance key is kept apart from the database, so that a copy of the
//! database alone opens nothing that is sealed.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf, hmac,
};
use sha2::{Digest, Sha256};

/// A 256-bit key.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// A new key from the system's random source.
    pub fn random() -> Self {
        Self(random())
    }

    /// A key that was kept.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// For wrapping this key under another.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key for one purpose, so that what is made for one is worth nothing for another.
    pub fn derive(&self, purpose: &str) -> Self {
        let mut out = [0; 32];
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"casetrakr");
        let info = [purpose.as_bytes()];
        salt.extract(&self.0)
            .expand(&info, hkdf::HKDF_SHA256)
            .and_then(|okm| okm.fill(&mut out))
            .expect("32 bytes are the output length of HKDF_SHA256");
        Self(out)
    }

    /// Seals `plain`; `context` must be the same when it is opened.
    pub fn seal(&self, context: &[u8], plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = random();
        // Files are sealed as well, so there is one copy and no more.
        let mut out = Vec::with_capacity(NONCE_LEN + plain.len() + CHACHA20_POLY1305.tag_len());
        out.extend_from_slice(&nonce);
        out.extend_from_slice(plain);
        let (_, sealed) = out.split_at_mut(NONCE_LEN);
        let tag = self
            .aead()
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), sealed)
            .expect("a plaintext of less than 256 GiB can be sealed");
        out.extend_from_slice(tag.as_ref());
        out
    }

    /// Opens what [`Key::seal`] sealed; `None` where key, context or bytes differ.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut rest = rest.to_vec();
        let plain = self.aead().open_in_place(nonce, Aad::from(context), &mut rest).ok()?.len();
        rest.truncate(plain);
        Some(rest)
    }

    /// A keyed signature.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &self.0), message).as_ref().to_vec()
    }

    fn aead(&self) -> LessSafeKey {
        LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &self.0).expect("the key is 32 bytes long"))
    }
}

/// Random bytes from the system.
///
/// # Panics
/// When the system has no random source; nothing safe can be done then.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system's random source answers");
    bytes
}

/// A 256-bit token for a cookie or a link, and the hash under which it is stored.
pub fn token() -> (String, Vec<u8>) {
    let text = URL_SAFE_NO_PAD.encode(random::<32>());
    let hash = token_hash(&text);
    (text, hash)
}

/// The hash under which a token is stored.
pub fn token_hash(token: &str) -> Vec<u8> {
    sha256(&[token.as_bytes()]).to_vec()
}

/// SHA-256 of the parts, one behind the other.
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes of hexadecimal digits; `None` where they are none.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    if digits.len().is_multiple_of(2) { digits.chunks(2).map(pair).collect() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_values_open_only_in_their_context() {
        let key = Key::random();
        let sealed = key.seal(b"a", b"text");
        assert_eq!(key.open(b"a", &sealed).unwrap(), b"text");
        assert_eq!(key.open(b"b", &sealed), None);
        assert_eq!(Key::random().open(b"a", &sealed), None);
        assert_eq!(key.open(b"a", &sealed[..sealed.len() - 1]), None);
        assert_eq!(key.open(b"a", b""), None);
    }

    #[test]
    fn purposes_have_different_keys() {
        let key = Key::random();
        assert_ne!(key.derive("a").bytes(), key.derive("b").bytes());
        assert_eq!(key.derive("a").bytes(), key.derive("a").bytes());
    }
}
