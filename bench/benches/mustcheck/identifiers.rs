//! Valid identifiers by number, invented: each with its check characters.

use mustcheck::model::{Scheme, SubjectKind};
use mustcheck_model::identifier::validate;

const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
const RESIDENT_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// The unified social credit code (GB 32100) of the organization with this number, below 10^8.
/// The numbers are spread over the code space, as those of a country's registers are.
pub fn uscc(number: u64) -> String {
    let spread = number * 61_803_397 % 100_000_000;
    let region = REGIONS[usize::try_from(number).unwrap() % REGIONS.len()];
    let mut code = format!("91{region}{spread:08}");
    let body = code.bytes().skip(8).map(|b| u32::from(b - b'0'));
    let sum: u32 = body.zip(ORGANISATION_WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    code.push(match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        n => char::from_digit(n, 10).unwrap(),
    });
    let value = |b| u32::try_from(ALPHABET.iter().position(|c| *c == b).unwrap()).unwrap();
    let sum: u32 = code.bytes().map(value).zip(WEIGHTS).map(|(v, weight)| v * weight).sum();
    code.push(char::from(ALPHABET[usize::try_from((31 - sum % 31) % 31).unwrap()]));
    debug_assert!(validate(SubjectKind::Organization, Scheme::Uscc, &code, None).is_ok());
    code
}

/// The resident number (GB 11643) of the person with this number, below 336 million.
pub fn resident(number: u64) -> String {
    let spread = number * 7_919 % 336_000_000;
    let (serial, day, region) = (spread % 1_000, spread / 1_000 % 16_800, spread / 16_800_000);
    let (year, month, day) = (1950 + day / 336, 1 + day / 28 % 12, 1 + day % 28);
    let region = REGIONS[usize::try_from(region).unwrap()];
    let mut code = format!("{region}{year:04}{month:02}{day:02}{serial:03}");
    let digits = code.bytes().map(|b| u32::from(b - b'0'));
    let sum: u32 = digits.zip(RESIDENT_WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    code.push(char::from(b"10X98765432"[usize::try_from(sum % 11).unwrap()]));
    debug_assert!(validate(SubjectKind::Person, Scheme::ResidentId, &code, None).is_ok());
    code
}

/// Administrative divisions.
const REGIONS: [&str; 20] = [
    "110105", "120101", "130102", "210102", "310104", "310115", "320102", "330106", "340102",
    "350203", "370102", "410105", "420106", "430102", "440106", "440305", "500103", "510107",
    "610113", "650102",
];
