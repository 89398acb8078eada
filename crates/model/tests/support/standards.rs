//! The identifiers' standards a second time, computed instead of tabulated: the tests of both
//! crates compare the code with them and take valid identifiers from them.

/// Value of a character in GB 32100-2015: `0`–`9`, then the capitals without I, O, S, V, Z.
pub fn uscc_value(c: char) -> Option<u32> {
    let alphabet = ('0'..='9').chain(('A'..='Z').filter(|c| !"IOSVZ".contains(*c)));
    alphabet.zip(0..).find(|(a, _)| *a == c).map(|(_, value)| value)
}

pub fn uscc_character(value: u32) -> char {
    let found = ('0'..='Z').find(|c| uscc_value(*c) == Some(value));
    found.expect("a value below 31")
}

/// GB 11714: a weighted sum that the check character completes to a multiple of 11.
pub fn organisation_check(code: &str) -> char {
    let weights = [3, 7, 9, 10, 5, 8, 4, 2];
    let value = |c: char| c.to_digit(36).expect("a digit or capital");
    let sum: u32 = code.chars().zip(weights).map(|(c, w)| value(c) * w).sum();
    let check =
        (0..11).find(|check: &u32| (sum + check).is_multiple_of(11)).expect("one of eleven");
    if check == 10 { 'X' } else { char::from_digit(check, 10).expect("a digit") }
}

/// The 18th character: with weights 3^(i-1) mod 31 the whole sum is a multiple of 31.
pub fn uscc_check(first_17: &str) -> char {
    let mut weight = 1;
    let mut sum = 0;
    for c in first_17.chars() {
        sum += uscc_value(c).expect("in the alphabet") * weight;
        weight = weight * 3 % 31;
    }
    let check = (0..31).find(|check: &u32| (sum + check).is_multiple_of(31)).expect("one of 31");
    uscc_character(check)
}

/// A whole code from authority, category, region and the eight characters of the organisation.
pub fn uscc(head: &str, region: u32, organisation: &str) -> String {
    let mut code = format!("{head}{region:06}{organisation}");
    code.push(organisation_check(organisation));
    code.push(uscc_check(&code));
    code
}

/// GB 11643-1999, ISO 7064 MOD 11-2: weights 2^(18-i), and the whole sum leaves 1 modulo 11.
pub fn resident_id(region: u32, birth: &str, order: u32) -> String {
    let mut id = format!("{region:06}{birth}{order:03}");
    let mut weight = 1;
    let mut sum = 0;
    for digit in id.bytes().rev().map(|b| u32::from(b - b'0')) {
        weight = weight * 2 % 11;
        sum += digit * weight;
    }
    let check = (0..11).find(|check| (sum + check) % 11 == 1).expect("one of eleven");
    id.push(if check == 10 { 'X' } else { char::from_digit(check, 10).expect("a digit") });
    id
}

/// ISO 17442 with ISO 7064 MOD 97-10: the number in digits is written out and divided.
pub fn lei(first_18: &str) -> String {
    let remainder = |code: &str| {
        let digits: String =
            code.chars().map(|c| c.to_digit(36).expect("a digit or capital").to_string()).collect();
        let digit = |b: u8| u32::from(b - b'0');
        digits.bytes().fold(0, |rest, b| (rest * 10 + digit(b)) % 97)
    };
    let codes = (2..=98).map(|check| format!("{first_18}{check:02}"));
    codes.into_iter().find(|code| remainder(code) == 1).expect("one of 97")
}
