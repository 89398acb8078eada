//! Generated tables: rows are read as they were written, and damage never makes anybody clear.

use encoding_rs::GB18030;
use mustcheck::model::AnswerStatus;
use proptest::prelude::*;
use serde_json::json;

use crate::tables::{HEADER, MAPPING, row};
use crate::{firm, resident, table, uscc};

/// Writes a day in one of the shapes that offices use.
fn written(day: (u16, u8, u8), shape: u8) -> String {
    let (y, m, d) = day;
    match shape % 6 {
        0 => format!("{y}-{m:02}-{d:02}"),
        1 => format!("{y}/{m}/{d}"),
        2 => format!("{y}{m:02}{d:02}"),
        3 => format!("{y}年{m}月{d}日"),
        4 => format!("{y}.{m}.{d}"),
        _ => format!("{y}-{m:02}-{d:02} 08:30:00"),
    }
}

/// Quotes a cell for CSV.
fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_table_that_was_written_is_read_back(
        rows in prop::collection::vec(
            ("[甲乙丙丁戊A-Z,\"' =+\n]{1,12}", (2000_u16..2030, 1_u8..=12, 1_u8..=28), any::<u8>(),
             0_u64..10_000_000_000),
            1..20,
        ),
        chinese: bool,
    ) {
        let mut text = HEADER.to_owned();
        for (n, (name, day, shape, fen)) in (1_u32..).zip(&rows) {
            let day = written(*day, *shape);
            let amount = format!("{}.{:02}元", fen / 100, fen % 100);
            let (code, id) = (uscc(n), resident(n));
            let cells = [name.as_str(), &code, "", &id, "局", &format!("{n}号"), &day, "长期",
                         "罚款", &amount];
            let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
            text.push_str(&(cells.join(",") + "\r\n"));
        }
        let bytes =
            if chinese { GB18030.encode(&text).0.into_owned() } else { text.into_bytes() };
        // One name for one firm: a name is not split.
        let mapping = MAPPING.replacen("split = true\n", "", 1);
        let made = table(&bytes, &mapping).unwrap();
        prop_assert_eq!(made.reasons(), []);
        let records = made.records();
        prop_assert_eq!(records.len(), rows.len());
        for ((n, (_, (y, m, d), _, fen)), record) in (1_u32..).zip(&rows).zip(records) {
            prop_assert_eq!(&record["subject"]["identifier"], &json!(uscc(n)));
            prop_assert_eq!(&record["responsible_persons"][0]["identifier"], &json!(resident(n)));
            prop_assert_eq!(&record["valid_from"], &json!(format!("{y}-{m:02}-{d:02}")));
            prop_assert_eq!(&record["penalty"]["amount_fen"], &json!(fen));
        }
    }

    /// RAIL R2: two stray quotation marks do not make a row disappear.
    #[test]
    fn no_two_quotation_marks_make_a_firm_clear(one in 0_usize..10_000, two in 0_usize..10_000) {
        let mut text = HEADER.to_owned() + &row(1) + &row(2) + &row(3) + &row(4);
        let places: Vec<usize> =
            text.char_indices().map(|(at, _)| at).skip(HEADER.chars().count()).collect();
        let (one, two) = (places[one % places.len()], places[two % places.len()]);
        text.insert(one.max(two), '"');
        text.insert(one.min(two), '"');
        if let Ok(made) = table(text.as_bytes(), MAPPING) {
            let found = made.imported(&[firm(1), firm(2), firm(3), firm(4)]).1;
            for (n, (status, records)) in (1..).zip(found) {
                let held = status == AnswerStatus::Unavailable || records == 1;
                prop_assert!(held, "firm {n}: {status} with {records}");
            }
        }
    }

    /// RAIL R2: whatever byte of a table is changed, lost or added, the file is refused, or each
    /// firm of it has its record or is left open; unless the byte is of its own code.
    #[test]
    fn no_damage_to_a_table_makes_a_firm_clear(
        at in 0_usize..10_000, byte: u8, kind in 0_u8..3,
    ) {
        let text = HEADER.to_owned() + &row(1) + &row(2) + &row(3);
        let mut bytes = text.clone().into_bytes();
        let at = text.find(&row(2)).unwrap() + at % row(2).len();
        match kind {
            0 => bytes[at] = byte,
            1 => bytes.insert(at, byte),
            _ => drop(bytes.remove(at)),
        }
        if let Ok(made) = table(&bytes, MAPPING) {
            let found = made.imported(&[firm(1), firm(2), firm(3)]).1;
            for (n, (status, records)) in (1..).zip(found) {
                let code = text.find(&uscc(n)).unwrap();
                let own = (code..=code + 18).contains(&at);
                let held = status == AnswerStatus::Unavailable || records == 1;
                prop_assert!(held || own, "firm {n}: {status} with {records}");
            }
        }
    }
}
