//! The suites against the examples of their standards.

use super::*;

fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    unhex(hex).unwrap()
}

/// RFC 8032, 7.1, test 1.
#[test]
fn ed25519_signs_as_the_rfc_has_it() {
    let secret = bytes("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    let signer = Signer::new("office", Suite::Ed25519Sha256, &secret).unwrap();
    let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    assert_eq!(signer.public().hex(), public);
    let signature = bytes(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9\
         b46bd25bf5f0595bbe24655141438e7a100b",
    );
    assert_eq!(signer.sign(b"").unwrap(), signature);
    assert!(signer.public().verifies(b"", &signature));
    assert!(!signer.public().verifies(b"x", &signature));
}

/// GB/T 32918.5-2017, annex A: the key, the message and the signature. It was made with a `k` of
/// its own choice, so that it can be verified and not made again.
#[test]
fn sm2_verifies_the_example_of_the_standard() {
    let secret = bytes("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8");
    let signer = Signer::new("office", Suite::Sm2Sm3, &secret).unwrap();
    let public = "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
                  ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
    assert_eq!(signer.public().hex(), public);
    let signature = bytes(
        "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3\
         b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa",
    );
    assert!(signer.public().verifies(b"message digest", &signature));
    assert!(!signer.public().verifies(b"message digesu", &signature));
    let own = signer.sign(b"message digest").unwrap();
    assert!(signer.public().verifies(b"message digest", &own));
}

/// GB/T 32905-2016, annex A.1, and the HMAC of RFC 2104 built on it by hand.
#[test]
fn sm3_digests_as_the_standard_has_it() {
    let abc = const_hex::encode(Sm3::digest(b"abc"));
    assert_eq!(abc, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    let opening = Opening::fresh().unwrap();
    for suite in Suite::ALL {
        let keyed = suite.keyed(&opening, "place", b"text");
        let pad = |byte: u8| -> Vec<u8> {
            let key = opening.bytes().iter().copied().chain(std::iter::repeat(0)).take(64);
            key.map(|k| k ^ byte).collect()
        };
        let digest = |text: &[u8]| match suite {
            Suite::Ed25519Sha256 => Sha256::digest(text).to_vec(),
            Suite::Sm2Sm3 => Sm3::digest(text).to_vec(),
        };
        let inner = digest(&[&pad(0x36)[..], b"place\0text"].concat());
        assert_eq!(keyed.0.to_vec(), digest(&[pad(0x5c), inner].concat()), "{suite}");
        assert_ne!(keyed, suite.keyed(&opening, "places", b"text"));
        assert_ne!(keyed, suite.keyed(&Opening::fresh().unwrap(), "place", b"text"));
    }
}

#[test]
fn what_is_no_key_is_refused() {
    let zero = "00".repeat(32);
    let identity = format!("01{}", "00".repeat(31));
    for (suite, hex) in [
        (Suite::Ed25519Sha256, &*identity),
        (Suite::Ed25519Sha256, &zero[2..]),
        (Suite::Sm2Sm3, &*zero),
        (Suite::Sm2Sm3, &format!("04{}{}", zero, zero)),
    ] {
        assert_eq!(PublicKey::from_hex(suite, hex), Err(KeyError::Public(suite)), "{hex}");
    }
    let secret = Signer::new("office", Suite::Sm2Sm3, &[0; 32]);
    assert_eq!(secret.err(), Some(KeyError::Secret(Suite::Sm2Sm3)));
}

#[test]
fn a_signer_shows_its_id_and_not_its_secret() {
    for suite in Suite::ALL {
        let signer = Signer::fresh("office", suite).unwrap();
        let shown = format!("{signer:?}");
        assert_eq!(shown, format!("Signer {{ id: {:?}, .. }}", signer.id()));
        assert!(signer.id().starts_with("office+") && signer.id().len() == 15, "{}", signer.id());
        assert!(!shown.contains(&const_hex::encode(*signer.secret())));
    }
}
