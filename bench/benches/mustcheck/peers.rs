//! Policy and rule engines beside ours: the same catalogue, the same question, JSON in, JSON out.
//!
//! Each engine is at its best: it is loaded once, and everything that can be prepared is. Ours
//! starts a fresh sandbox for each check and enforces every rail. All must give the same answer on
//! every check case, or the run stops.

mod cedar;
mod cited;
mod native;
mod ours;
mod rego;
mod workload;
mod zen;

use std::hint::black_box;

use crate::measure::{Bench, Measured, Row};
use crate::table::{Table, digits, ratio, time, verdict};
use workload::{Case, Flat};

/// Smallest time of a peer, as a multiple of ours.
const TARGET: f64 = 2.0;

/// The rows of ours that a peer is compared with.
const OURS: [&str; 2] = ["ours-reduced", "ours-full"];

/// An engine with the catalogue loaded.
trait Engine {
    /// Its row's id.
    fn id(&self) -> &'static str;

    /// Name of the row, in words.
    fn title(&self) -> &'static str;

    /// The case's JSON in the form that this engine takes.
    fn input(&self, case: &Case) -> String {
        case.flagged()
    }

    /// Makes one decision, JSON in, JSON out: everything that a user does for it.
    fn decide(&mut self, json: &str) -> String;
}

fn engines(measures: usize) -> Vec<Box<dyn Engine>> {
    let places = workload::places(measures);
    let data = crate::synthetic::catalogue(&places);
    let flat: Vec<Flat> = data.measures.iter().map(Flat::of).collect();
    let policy = crate::synthetic::policy(&data);
    vec![
        Box::new(ours::Ours::reduced(&policy)),
        Box::new(ours::Ours::full(&policy)),
        Box::new(rego::Vm::new(&flat)),
        Box::new(rego::Interpreter::new(&flat)),
        Box::new(cedar::Cedar::new(&flat)),
        Box::new(zen::Zen::new(&flat)),
        Box::new(native::Indexed::new(flat)),
    ]
}

/// Panics unless every engine gives the answer that the plain Rust gives.
fn agree(engines: &mut [Box<dyn Engine>]) {
    for case in workload::cases() {
        let mut answers = engines.iter_mut().map(|engine| {
            let input = engine.input(&case);
            (engine.id(), workload::canonical(&engine.decide(&input)))
        });
        let (_, expected) = answers.next_back().expect("plain Rust is last");
        for (id, answer) in answers {
            assert_eq!(answer, expected, "{id} disagrees on `{}`", case.name);
        }
    }
}

/// Measures the section.
pub fn run(bench: &mut Bench) -> String {
    let mut report = String::new();
    for measures in [300, 3_000] {
        let mut engines = engines(measures);
        agree(&mut engines);
        let case = workload::measured();
        let titles: Vec<_> = engines.iter().map(|e| (e.id(), e.title())).collect();
        let inputs: Vec<_> = engines.iter().map(|e| e.input(&case)).collect();
        let outputs: Vec<_> =
            engines.iter_mut().zip(&inputs).map(|(e, i)| e.decide(i).len()).collect();
        let mut rows: Vec<Row<'_>> = engines
            .iter_mut()
            .zip(&inputs)
            .map(|(engine, input)| {
                Row::new(engine.id(), move || {
                    black_box(engine.decide(black_box(input)));
                })
            })
            .collect();
        let measured = bench.rows(&format!("peers-{measures}"), bench.brisk(), &mut rows);
        report += &table(measures, &titles, &inputs, &outputs, &measured);
    }
    report
}

fn table(
    measures: usize,
    titles: &[(&str, &str)],
    inputs: &[String],
    outputs: &[usize],
    measured: &[Measured],
) -> String {
    let mut table = Table::new(&[
        &format!("{measures} measures"),
        "time",
        "÷ ours, reduced answer",
        "÷ ours, full decision",
        "JSON in, out",
        "target ≥ 2 (÷ reduced)",
    ]);
    let ours = |id| titles.iter().position(|(row, _)| *row == id).unwrap();
    let [reduced, full] = OURS.map(|id| &measured[ours(id)]);
    for (i, (id, title)) in titles.iter().enumerate() {
        let over = measured[i].over(reduced);
        let peer = !OURS.contains(id) && *id != native::ID;
        table.row(&[
            (*title).to_owned(),
            time(&measured[i]),
            ratio(over),
            ratio(measured[i].over(full)),
            format!("{} B, {} B", inputs[i].len(), outputs[i]),
            if peer { verdict(over.median >= TARGET).into() } else { "–".into() },
        ]);
    }
    let peers =
        titles.iter().zip(measured).filter(|((id, _), _)| !OURS.contains(id) && *id != native::ID);
    let least = peers.map(|(_, m)| m.over(reduced).median).fold(f64::INFINITY, f64::min);
    format!("{}The fastest peer takes {}× our time.\n\n", table.markdown(), digits(least))
}
