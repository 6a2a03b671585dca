//! Passwords: argon2id, two at a time, never on the threads that serve.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash::phc,
};
use till_core::kernel::password::PasswordHash;
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::error::ApiError;

/// The most that are hashed at the same time: each takes 19 MiB.
const TURNS: usize = 2;

/// The hash to compare with where there is nobody, or nobody with a password: no password has it.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlz$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes and compares passwords.
#[derive(Debug)]
pub struct Passwords(Arc<Semaphore>);

impl Default for Passwords {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(TURNS)))
    }
}

impl Passwords {
    /// The hash of a password: a PHC string with OWASP's parameters (19 MiB, two passes, one lane).
    pub async fn hash(&self, password: &str, salt: [u8; 16]) -> Result<PasswordHash, ApiError> {
        let password = password.to_owned();
        self.turn(move || {
            let hash: Result<phc::PasswordHash, _> =
                argon2id().hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|hash| PasswordHash(hash.to_string()))
                .map_err(ApiError::internal)
        })
        .await?
    }

    /// True where this is the password; comparing with none takes as long.
    pub async fn verify(
        &self,
        password: &str,
        hash: Option<&PasswordHash>,
    ) -> Result<bool, ApiError> {
        let password = password.to_owned();
        let hash = hash.map_or(NOBODY, |hash| &hash.0).to_owned();
        self.turn(move || {
            let hash = phc::PasswordHash::new(&hash).map_err(ApiError::internal)?;
            Ok(argon2id()
                .verify_password(password.as_bytes(), &hash)
                .is_ok())
        })
        .await?
    }

    async fn turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let turn = self.0.clone().acquire_owned().await;
        let turn = turn.map_err(ApiError::internal)?;
        let done = spawn_blocking(move || {
            // Kept until the work is done: a caller who goes away does not stop it.
            let _turn = turn;
            work()
        });
        done.await.map_err(ApiError::internal)
    }
}

fn argon2id() -> Argon2<'static> {
    let params = Params::new(19_456, 2, 1, None).expect("within the bounds of argon2");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_by_its_hash_and_nobody_has_one() {
        let passwords = Passwords::default();
        let hash = passwords
            .hash("correct horse", [7; 16])
            .await
            .expect("a hash");
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(
            passwords
                .verify("correct horse", Some(&hash))
                .await
                .expect("compared")
        );
        assert!(
            !passwords
                .verify("correct hors", Some(&hash))
                .await
                .expect("compared")
        );
        assert!(!passwords.verify("", None).await.expect("compared"));
        let other = passwords
            .hash("correct horse", [8; 16])
            .await
            .expect("a hash");
        assert_ne!(hash, other);
    }
}
