//! Identifiers, to the last check character, against a second reading of the standards.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "support/standards.rs"]
mod standards;

use std::collections::BTreeSet;

use mustcheck_model::identifier::{IdentifierFault, mask, shown, validate};
use mustcheck_model::{Scheme, SubjectKind};
use proptest::prelude::*;

const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

fn uscc(code: &str) -> Result<(), String> {
    told(validate(SubjectKind::Organization, Scheme::Uscc, code, None))
}

fn resident(code: &str) -> Result<(), String> {
    told(validate(SubjectKind::Person, Scheme::ResidentId, code, None))
}

fn lei(code: &str) -> Result<(), String> {
    told(validate(SubjectKind::Organization, Scheme::Lei, code, None))
}

fn passport(code: &str, country: Option<&str>) -> Result<(), String> {
    told(validate(SubjectKind::Person, Scheme::Passport, code, country))
}

/// The result with the words of its fault.
fn told(result: Result<(), IdentifierFault>) -> Result<(), String> {
    result.map_err(|fault| fault.to_string())
}

fn error(message: &str) -> Result<(), String> {
    Err(message.to_owned())
}

/// The code with another character at a position.
fn replaced(code: &str, position: usize, with: char) -> String {
    code.chars().enumerate().map(|(i, c)| if i == position { with } else { c }).collect()
}

// ---- USCC, GB 32100-2015 ------------------------------------------------------------------

#[test]
fn codes_that_are_printed_everywhere_are_valid() {
    // Published codes of Tencent, Huawei, Peking University and Tsinghua University.
    for code in
        ["9144030071526726XG", "914403001922038216", "12100000400002259P", "12100000400000624D"]
    {
        assert_eq!(uscc(code), Ok(()), "{code}");
    }
}

#[test]
fn every_registering_authority_is_accepted_and_no_other_character() {
    for c in ALPHABET.chars() {
        let code = standards::uscc(&format!("{c}1"), 310_000, "MA1FL0AB");
        if "123456789ANYG".contains(c) {
            assert_eq!(uscc(&code), Ok(()), "authority {c}");
        } else {
            let expected =
                format!("`{}…**` is no valid uscc: `{c}` is no registering authority", &code[..4]);
            assert_eq!(uscc(&code), Err(expected), "authority {c}");
        }
    }
}

#[test]
fn every_check_character_is_reached() {
    let mut reached = BTreeSet::new();
    let mut organisation_checks = BTreeSet::new();
    for order in 0..2_000 {
        let code = standards::uscc("91", 310_000, &format!("MA1{order:05}"));
        assert_eq!(uscc(&code), Ok(()), "{code}");
        let mut last = code.chars().rev();
        reached.extend(last.next());
        organisation_checks.extend(last.next());
    }
    assert_eq!(reached, ALPHABET.chars().collect());
    assert_eq!(organisation_checks, "0123456789X".chars().collect());
}

#[test]
fn each_wrong_check_character_is_refused_with_its_position() {
    // Both with `0` and with letters as the right check character.
    for order in 0..200 {
        let code = standards::uscc("91", 110_000, &format!("MA{order:06}"));
        let masked = mask(&code);
        for (position, c) in
            [16, 17].into_iter().flat_map(|p| ALPHABET.chars().map(move |c| (p, c)))
        {
            let wrong = replaced(&code, position, c);
            if wrong != code {
                let place = position + 1;
                let expected = format!(
                    "`{masked}` is no valid uscc: the check character at position {place} is \
                     wrong (not `{c}`)"
                );
                assert_eq!(uscc(&wrong), Err(expected), "{wrong}");
            }
        }
    }
}

#[test]
fn an_organisation_code_is_checked_even_if_the_last_character_fits() {
    // Position 17 is wrong and position 18 computed for it.
    let right = standards::uscc("91", 310_000, "MA1FL0AB");
    let organisation = right.chars().nth(16).unwrap();
    for c in "0123456789X".chars().filter(|c| *c != organisation) {
        let mut wrong = replaced(&right[..17], 16, c);
        wrong.push(standards::uscc_check(&wrong));
        let expected = format!(
            "`9131…**` is no valid uscc: the check character at position 17 is wrong (not `{c}`)"
        );
        assert_eq!(uscc(&wrong), Err(expected));
    }
}

#[test]
fn a_uscc_of_another_shape_is_refused() {
    let code = standards::uscc("91", 310_000, "MA1FL0AB");
    for (given, fault) in [
        (String::new(), "it has 0 characters, not 18"),
        (code[..17].to_owned(), "it has 17 characters, not 18"),
        (format!("{code}0"), "it has 19 characters, not 18"),
        (format!(" {code}"), "it has 19 characters, not 18"),
        (format!("{}-{}", &code[..8], &code[8..]), "it has 19 characters, not 18"),
    ] {
        let expected = format!("`{}` is no valid uscc: {fault}", mask(&given));
        assert_eq!(uscc(&given), Err(expected));
    }
    for c in ['I', 'O', 'S', 'V', 'Z', 'a', '-', ' '] {
        let fault = "the character at position 9 is not in the alphabet (no I, O, S, V, Z)";
        let expected = format!("`9131…**` is no valid uscc: {fault}");
        assert_eq!(uscc(&replaced(&code, 8, c)), Err(expected), "{c}");
    }
    let letters_in_region = {
        let mut code = replaced(&code[..17], 5, 'A');
        code.push(standards::uscc_check(&code));
        code
    };
    assert_eq!(
        uscc(&letters_in_region),
        error("`9131…**` is no valid uscc: the region at positions 3 to 8 is not six digits")
    );
}

// ---- resident identity number, GB 11643-1999 ----------------------------------------------

#[test]
fn the_number_that_the_standard_prints_is_valid() {
    // The examples of GB 11643-1999, appendix.
    assert_eq!(resident("11010519491231002X"), Ok(()));
    assert_eq!(resident("440524188001010014"), Ok(()));
}

#[test]
fn every_check_character_of_a_resident_number_is_reached_and_the_others_refused() {
    let mut reached = BTreeSet::new();
    for order in 0..200 {
        let id = standards::resident_id(310_101, "19900307", order);
        assert_eq!(resident(&id), Ok(()), "{id}");
        let check = id.chars().nth(17).unwrap();
        reached.insert(check);
        for c in "0123456789X".chars().filter(|c| *c != check) {
            let expected = format!(
                "`3101…**` is no valid resident-id: the check character at position 18 is wrong \
                 (not `{c}`)"
            );
            assert_eq!(resident(&replaced(&id, 17, c)), Err(expected));
        }
    }
    assert_eq!(reached, "0123456789X".chars().collect());
}

#[test]
fn a_birthday_must_exist() {
    for birth in ["20000229", "19960229", "19991231", "18991130"] {
        assert_eq!(resident(&standards::resident_id(310_101, birth, 1)), Ok(()), "{birth}");
    }
    let fault = "the date of birth at positions 7 to 14 does not exist";
    for birth in
        ["19990229", "19000229", "21000229", "19990431", "19991301", "19990001", "19990100"]
    {
        let expected = format!("`3101…**` is no valid resident-id: {fault}");
        assert_eq!(resident(&standards::resident_id(310_101, birth, 1)), Err(expected), "{birth}");
    }
}

#[test]
fn a_resident_number_of_another_shape_is_refused() {
    assert_eq!(
        resident("310101900307001"),
        error(
            "`3101…**` is no valid resident-id: it has the 15 digits of the old form, which names \
             nobody exactly"
        )
    );
    assert_eq!(
        resident("3101019003070011"),
        error("`3101…**` is no valid resident-id: it has 16 characters, not 18")
    );
    let digits = "the first 17 characters are not all digits";
    for wrong in ["31010119900307X01X", "A1010119900307001X", "31010119900307-01X"] {
        let expected = format!("`{}` is no valid resident-id: {digits}", mask(wrong));
        assert_eq!(resident(wrong), Err(expected), "{wrong}");
    }
    // A lower-case x is normalised before; here it is only wrong.
    assert!(resident("11010519491231002x").is_err());
}

// ---- LEI, ISO 17442 -----------------------------------------------------------------------

#[test]
fn published_leis_are_valid() {
    for code in ["5493001KJTIIGC8Y1R12", "HWUPKR0MPOU8FGXBT394", "7LTWFZYICNSX8D621K86"] {
        assert_eq!(lei(code), Ok(()), "{code}");
    }
}

#[test]
fn a_lei_of_another_shape_is_refused() {
    let shape = "it is not 18 capitals or digits and two check digits";
    for (given, fault) in [
        ("5493001KJTIIGC8Y1R1", "it has 19 characters, not 20"),
        ("5493001kjtiigc8y1r12", shape),
        ("5493001KJTIIGC8Y1RAB", shape),
        ("5493001KJTIIGC8Y1R21", "the check digits at positions 19 and 20 are wrong"),
    ] {
        assert_eq!(lei(given), Err(format!("`5493…**` is no valid lei: {fault}")), "{given}");
    }
}

// ---- passports, kinds, countries ----------------------------------------------------------

#[test]
fn a_passport_needs_its_country() {
    assert_eq!(passport("E12345678", Some("CN")), Ok(()));
    assert_eq!(passport("C01X00T47", Some("DE")), Ok(()));
    let country = "a passport needs its issuing country, two letters of ISO 3166-1";
    for none in [None, Some(""), Some("cn"), Some("CHN"), Some("C1"), Some("中")] {
        let expected = format!("`E1…**` is no valid passport: {country}");
        assert_eq!(passport("E12345678", none), Err(expected), "{none:?}");
    }
    let shape = "it is not 5 to 14 capitals or digits";
    for wrong in ["E123", "E1234567a", "E1 234567", "E12345678901234567890"] {
        let expected = format!("`{}` is no valid passport: {shape}", mask(wrong));
        assert_eq!(passport(wrong, Some("CN")), Err(expected), "{wrong}");
    }
}

#[test]
fn a_scheme_identifies_one_kind_of_subject() {
    let organization = "does not identify a subject of kind `organization`";
    let person = "does not identify a subject of kind `person`";
    for (kind, scheme, words) in [
        (SubjectKind::Person, Scheme::Uscc, person),
        (SubjectKind::Person, Scheme::Lei, person),
        (SubjectKind::Organization, Scheme::ResidentId, organization),
        (SubjectKind::Organization, Scheme::Passport, organization),
    ] {
        let expected = format!("scheme `{scheme}` {words}");
        assert_eq!(told(validate(kind, scheme, "5493001KJTIIGC8Y1R12", None)), Err(expected));
    }
}

#[test]
fn only_a_passport_takes_a_country() {
    for (kind, scheme, code) in [
        (SubjectKind::Organization, Scheme::Uscc, "9144030071526726XG"),
        (SubjectKind::Organization, Scheme::Lei, "5493001KJTIIGC8Y1R12"),
        (SubjectKind::Person, Scheme::ResidentId, "11010519491231002X"),
    ] {
        let expected = format!("scheme `{scheme}` takes no country");
        assert_eq!(told(validate(kind, scheme, code, Some("CN"))), Err(expected));
    }
}

#[test]
fn a_mask_shows_four_characters_of_a_long_identifier_and_two_of_a_passport() {
    assert_eq!(mask("9144030071526726XG"), "9144…**");
    assert_eq!(mask("11010519491231002X"), "1101…**");
    assert_eq!(mask("5493001KJTIIGC8Y1R12"), "5493…**");
    assert_eq!(mask("E12345678"), "E1…**");
    assert_eq!(mask(""), "…**");
    assert_eq!(mask("\u{202e}\u{1b}[31m"), "…**");
}

#[test]
fn people_are_shown_a_firm_s_code_whole_and_the_ends_of_a_person_s_number() {
    assert_eq!(shown(Scheme::Uscc, "9144030071526726XG"), "9144030071526726XG");
    assert_eq!(shown(Scheme::Lei, "5493001KJTIIGC8Y1R12"), "5493001KJTIIGC8Y1R12");
    assert_eq!(shown(Scheme::ResidentId, "310104197106123355"), "3101**********3355");
    assert_eq!(shown(Scheme::ResidentId, "11010519491231002X"), "1101**********002X");
    assert_eq!(shown(Scheme::Passport, "E12345678"), "E******78");
    assert_eq!(shown(Scheme::Passport, "AB123"), "A**23");
    // What is no such number has no ends that could be shown.
    assert_eq!(shown(Scheme::ResidentId, "3101041971"), "31…**");
    assert_eq!(shown(Scheme::Passport, "AB12"), "AB…**");
    assert_eq!(shown(Scheme::Passport, "\u{202e}\u{1b}[31mABC"), "…**");
}

// ---- properties ---------------------------------------------------------------------------

fn organisation() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(ALPHABET.chars().collect::<Vec<_>>()), 8)
        .prop_map(|characters| characters.into_iter().collect())
}

fn valid_uscc() -> impl Strategy<Value = String> {
    (proptest::sample::select(b"123456789ANY".to_vec()), 0..1_000_000_u32, organisation()).prop_map(
        |(authority, region, organisation)| {
            standards::uscc(&format!("{}1", char::from(authority)), region, &organisation)
        },
    )
}

fn valid_resident() -> impl Strategy<Value = String> {
    (0..1_000_000_u32, 1900..2026_u32, 1..=12_u32, 1..=28_u32, 0..1000_u32).prop_map(
        |(region, year, month, day, order)| {
            standards::resident_id(region, &format!("{year:04}{month:02}{day:02}"), order)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(2_000)
    })]

    #[test]
    fn any_uscc_by_the_standard_is_accepted_and_no_neighbour_of_it(
        code in valid_uscc(), position in 0..18_usize, c in any::<char>(),
        other in proptest::sample::select(('0'..='9').chain('A'..='Z').collect::<Vec<_>>()),
    ) {
        prop_assert_eq!(uscc(&code), Ok(()));
        for with in [c, other] {
            let neighbour = replaced(&code, position, with);
            prop_assert!(neighbour == code || uscc(&neighbour).is_err(), "{} for {}", neighbour, code);
        }
    }

    #[test]
    fn any_resident_number_by_the_standard_is_accepted_and_no_neighbour_of_it(
        id in valid_resident(), position in 0..18_usize, digit in 0..10_u32, c in any::<char>(),
    ) {
        prop_assert_eq!(resident(&id), Ok(()));
        for with in [char::from_digit(digit, 10).unwrap(), c] {
            let neighbour = replaced(&id, position, with);
            prop_assert!(neighbour == id || resident(&neighbour).is_err(), "{} for {}", neighbour, id);
        }
    }

    #[test]
    fn any_lei_by_the_standard_is_accepted_and_no_neighbour_of_it(
        first_18 in "[0-9A-Z]{18}", position in 0..20_usize, digit in 0..10_u32,
        letter in 0..26_u8,
    ) {
        let code = standards::lei(&first_18);
        prop_assert_eq!(lei(&code), Ok(()));
        // A digit for a digit, a letter for a letter: what the standard promises to find.
        let with = if code.as_bytes()[position].is_ascii_digit() {
            char::from_digit(digit, 10).unwrap()
        } else {
            char::from(b'A' + letter)
        };
        let neighbour = replaced(&code, position, with);
        prop_assume!(neighbour != code);
        prop_assert!(lei(&neighbour).is_err(), "{} for {}", neighbour, code);
    }

    #[test]
    fn no_error_shows_more_than_the_mask(
        text in "[0-9A-Z]{0,24}|\\PC{0,24}",
        scheme in proptest::sample::select(Scheme::ALL.to_vec()),
        person in any::<bool>(),
    ) {
        let kind = if person { SubjectKind::Person } else { SubjectKind::Organization };
        if let Err(message) = told(validate(kind, scheme, &text, None)) {
            let shown: String = text.chars().take(5).collect();
            let long = shown.chars().count() == 5 && shown.chars().all(|c| c.is_ascii_alphanumeric());
            prop_assert!(!long || !message.contains(&shown), "{}", message);
        }
    }

    #[test]
    fn what_people_are_shown_of_a_resident_number_hides_the_birthday(id in valid_resident()) {
        let shown = shown(Scheme::ResidentId, &id);
        prop_assert_eq!(shown, format!("{}**********{}", &id[..4], &id[14..]));
    }

    #[test]
    fn a_mask_never_shows_more_than_it_may(text in any::<String>()) {
        let masked = mask(&text);
        let shown = masked.strip_suffix("…**").expect("the mask's end");
        let most = if text.chars().count() >= 15 { 4 } else { 2 };
        prop_assert!(shown.chars().count() <= most);
        prop_assert!(shown.chars().all(|c| c.is_ascii_alphanumeric()));
        let head: String = text.chars().take(most).collect();
        prop_assert!(shown.chars().all(|c| head.contains(c)));
    }
}
