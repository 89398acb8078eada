//! Keys in a database: a request that came to one replica is known to all, also after a restart.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use mustcheck_postgres::{self as postgres, Claim, Requests, Response};

use super::{Begun, End, Key, RequestsKey};
use crate::problem::{Kind, Problem};

/// Keys in a database.
#[derive(Debug)]
pub struct DatabaseKeys {
    requests: Requests,
    digests: RequestsKey,
    /// Claims of the requests that are in progress here.
    claims: Mutex<HashMap<Key, Claim>>,
}

impl DatabaseKeys {
    /// Keeps keys in `requests`, digested under a key that all replicas have.
    pub fn new(requests: Requests, digests: RequestsKey) -> Self {
        Self { requests, digests, claims: Mutex::default() }
    }

    pub(super) fn digest(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.digests.digest(parts)
    }

    pub(super) async fn begin(&self, key: Key, request: [u8; 32]) -> Result<Begun, Problem> {
        // RAIL R13: callers make keys of anything, and a reader of the database could try them out.
        let name = const_hex::encode(self.digests.digest(&[key.bytes()]));
        let begun = self.requests.begin("", &name, &request).await.map_err(|e| unknown(&e))?;
        Ok(match begun {
            postgres::Begun::Fresh(claim) => {
                self.claimed(key, &claim);
                Begun::Fresh(Some(claim))
            }
            postgres::Begun::Recorded(claim, receipt) => {
                self.claimed(key, &claim);
                Begun::Recorded(receipt)
            }
            postgres::Begun::Done(response) => Begun::Done(response.body.into()),
            postgres::Begun::InProgress => Begun::InProgress,
            postgres::Begun::Conflict => Begun::Conflict,
        })
    }

    pub(super) async fn finish(&self, key: Key, end: End) {
        let claim = self.claims.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
        let Some(claim) = claim else { return };
        let kept = match end {
            End::Kept(body) => {
                let response = Response { status: 200, body: body.to_vec() };
                self.requests.finish(&claim, &response).await
            }
            End::Passing => self.requests.reopen(&claim).await,
            End::Failed => self.requests.release(&claim).await,
        };
        if let Err(error) = kept {
            // The claim ends by itself; the same request then finds the receipt.
            tracing::warn!(detail = crate::told::told(&error), "an answer was not kept");
        }
    }

    pub(super) fn len(&self) -> usize {
        self.claims.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Forgets keys that are too old.
    pub(crate) async fn expire(&self) {
        if let Err(error) = self.requests.expire().await {
            tracing::warn!(detail = crate::told::told(&error), "old keys were not forgotten");
        }
    }

    fn claimed(&self, key: Key, claim: &Claim) {
        let mut claims = self.claims.lock().unwrap_or_else(PoisonError::into_inner);
        claims.insert(key, claim.clone());
    }
}

/// Problem: the database fails, so it is unknown whether the request was answered.
fn unknown(error: &postgres::Error) -> Problem {
    Problem::new(Kind::Unavailable).told(error.to_string())
}
