# The tasks that people need. Each is one plain command, which works without just.

# Lists the tasks.
default:
    @just --list

# Builds the command line, as `cargo run` uses it.
build:
    cargo build --release

# Builds what is given out: slower to build, a tenth faster.
dist:
    cargo build --profile dist

# Format and lints, as CI asks for them.
check:
    cargo fmt --all --check
    cargo fmt --manifest-path examples/policy/Cargo.toml --check
    cargo clippy --release --workspace --all-targets -- -D warnings

# Formats the code.
format:
    cargo fmt --all
    cargo fmt --manifest-path examples/policy/Cargo.toml

# All tests; installs what they start. Arguments are those of `cargo test`: `just test --test golden`.
test *ARGUMENTS:
    ./test {{ARGUMENTS}}

# The tests that need no other program; says what it leaves out.
test-fast *ARGUMENTS:
    MUSTCHECK_TEST_PROGRAMS=none cargo test --release --workspace {{ARGUMENTS}}

# Lints the measure list.
lint:
    cargo run --release -- catalogue lint catalogue --strict

# Runs the cases that ship, and says what they cover.
cases:
    cargo run --release -- test examples/cases examples/places --catalogue catalogue --coverage --coverage-minimum 100

# The documentation of the crates, as CI asks for it.
docs:
    RUSTDOCFLAGS='-D warnings' cargo doc --release --workspace --no-deps --document-private-items

# Writes the expected files of a suite anew (golden, papers, schemas, platform, audit, lint, diff): read the difference.
bless SUITE:
    MUSTCHECK_BLESS=1 cargo test --release --workspace --test {{SUITE}}

# Benchmarks; a section and `--quick` for a look: `just bench sandbox --quick`.
bench *ARGUMENTS:
    cargo bench -p mustcheck-bench -- {{ARGUMENTS}}

# Licences, advisories and sources of the dependencies; asks for cargo-deny.
deny:
    cargo deny check

# All that must hold before a change lands.
ci:
    .ci/run
