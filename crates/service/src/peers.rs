//! Shares by address, so that no stranger takes all of something: connections, and delays of failed
//! sign-ins.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Origin of a connection: an address, or for IPv6 the network of 64 bits, whose owner chooses
/// addresses in it freely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Peer(IpAddr);

impl Peer {
    /// A peer whose address is not known.
    pub(crate) const UNKNOWN: Self = Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED));

    pub(crate) fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        })
    }
}

/// Counts the shares that each peer holds of something, up to a limit.
#[derive(Debug)]
pub(crate) struct Peers {
    most: usize,
    held: Arc<Held>,
}

/// Number of shares by peer.
#[derive(Debug, Default)]
struct Held(Mutex<HashMap<Peer, usize>>);

/// A share that a peer holds. It is given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    peer: Peer,
    held: Arc<Held>,
}

impl Held {
    fn all(&self) -> MutexGuard<'_, HashMap<Peer, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Peers {
    /// Lets each peer hold at most `most` shares at a time.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, held: Arc::default() }
    }

    /// Takes a share for a peer; `None` if the peer holds as many as it may.
    pub(crate) fn enter(&self, peer: Peer) -> Option<Share> {
        let mut all = self.held.all();
        let held = all.entry(peer).or_default();
        if *held >= self.most {
            return None;
        }
        *held = held.saturating_add(1);
        Some(Share { peer, held: Arc::clone(&self.held) })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut all = self.held.all();
        if let Some(held) = all.get_mut(&self.peer) {
            *held = held.saturating_sub(1);
            // A peer without shares is forgotten.
            if *held == 0 {
                all.remove(&self.peer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(address: &str) -> Peer {
        Peer::of(address.parse().unwrap())
    }

    #[test]
    fn each_peer_has_its_share_and_nobody_is_remembered_after() {
        let peers = Peers::new(2);
        let held = [(); 2].map(|()| peers.enter(peer("192.0.2.1")).unwrap());
        assert!(peers.enter(peer("192.0.2.1")).is_none());
        let other = peers.enter(peer("192.0.2.2")).unwrap();
        drop(held);
        assert!(peers.enter(peer("192.0.2.1")).is_some());
        drop(other);
        assert!(peers.held.all().is_empty());
    }

    #[test]
    fn of_ipv6_a_network_is_one_peer() {
        assert_eq!(peer("2001:db8:0:1::1"), peer("2001:db8:0:1:ffff::2"));
        assert_ne!(peer("2001:db8:0:1::1"), peer("2001:db8:0:2::1"));
        assert_eq!(peer("::ffff:192.0.2.1"), peer("192.0.2.1"));
    }
}
