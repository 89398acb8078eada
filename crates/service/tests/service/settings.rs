//! The configuration and the file of the callers: every mistake at once, with its place.

use std::path::Path;

use mustcheck_service::{Callers, Config, NewToken, Service};

use crate::support::{CLEAR, Office};

fn mistakes(text: &str) -> Vec<String> {
    let read = Config::parse(text, Path::new("."));
    read.expect_err("it is refused").iter().map(ToString::to_string).collect()
}

#[test]
fn an_overlay_goes_with_its_edition() {
    let text = "listen = \"127.0.0.1:0\"\ncallers = \"c.toml\"\n\
                [[policies]]\nedition = \"statutes\"\noverlay = \"nanjing\"\n\
                [[policies]]\nfile = \"a.wasm\"\noverlay = \"shanghai\"\n";
    let expected = [
        "line 5, column 11: `policies[0].overlay`: edition `statutes` has no overlay `nanjing`; it \
         has: `default`, `henan`, `shandong`, `shanghai`, `shenzhen`, `zhejiang`",
        "line 8, column 11: `policies[1].overlay`: it goes with an `edition`; a `file` has its \
         overlay baked in",
    ];
    assert_eq!(mistakes(text), expected);
}

#[test]
fn every_mistake_is_told_at_once_with_its_place() {
    let text = "listen = \"everywhere\"\n\
                registri = \"r.json\"\n\
                behind_proxy = \"yes\"\n\
                \n\
                [[policies]]\n\
                edition = \"statute\"\n\
                sha256 = \"12\"\n\
                regions = [\"31\", \"Shanghai\"]\n\
                [[policies]]\n\
                file = \"a.wasm\"\n\
                edition = \"statutes\"\n\
                [limits]\n\
                concurrent = 0\n\
                bodies = 3\n\
                [logging]\n\
                format = \"xml\"\n";
    let expected = [
        "line 1, column 1: `callers` is missing",
        "line 1, column 10: `listen`: `everywhere` is no address and port such as `127.0.0.1:8420`",
        "line 2, column 1: unknown key `registri`; there are `listen`, `behind_proxy`, `page`, \
         `registry`, `callers`, `cache`, `tls`, `policies`, `records`, `database`, `limits`, \
         `idempotency`, `shutdown`, `logging`",
        "line 3, column 16: `behind_proxy` is `true` or `false`, not string",
        "line 6, column 11: `policies[0].edition`: `statute` is no embedded edition; there are \
         `guofa-2016-33`, `statutes`",
        "line 7, column 10: `policies[0].sha256`: it is not 64 lower-case hexadecimal digits",
        "line 8, column 11: `policies[0].regions`: `Shanghai` begins no region code (GB/T 2260)",
        "line 11, column 11: `policies[1].edition`: a policy is a `file` or an `edition`, not both",
        "line 13, column 14: `limits.concurrent`: `0` is not between 1 and 4096",
        "line 14, column 1: unknown key `limits.bodies`; there are `body_bytes`, \
         `header_seconds`, `body_seconds`, `request_seconds`, `concurrent`, `queue`, \
         `write_seconds`, `connection_seconds`, `connections`, `requests_per_second`, \
         `as_of_days_back`, `connections_per_peer`",
        "line 16, column 10: `logging.format`: `xml` is neither `json` nor `text`",
    ];
    assert_eq!(mistakes(text), expected);
}

#[test]
fn what_is_no_toml_is_told_with_its_place() {
    let told = mistakes("listen = \n[tls\n");
    assert!(told.len() >= 2, "{told:?}");
    assert!(told[0].starts_with("line 1, column"), "{told:?}");
    assert!(told.iter().any(|t| t.starts_with("line 2, column")), "{told:?}");
}

#[test]
fn nobody_listens_to_others_in_clear() {
    let text = |more: &str| {
        format!(
            "listen = \"0.0.0.0:8420\"\ncallers = \"c.toml\"\n{more}\n[[policies]]\nedition = \
             \"statutes\"\n"
        )
    };
    let expected = "line 1, column 10: `listen`: others can reach it in clear: give `[tls]`, or \
                    say `behind_proxy = true` if a proxy ends TLS";
    assert_eq!(mistakes(&text("")), [expected]);
    assert!(Config::parse(&text("behind_proxy = true"), Path::new(".")).is_ok());
    let tls = "[tls]\ncertificate = \"c.pem\"\nkey = \"k.pem\"";
    assert!(Config::parse(&text(tls), Path::new(".")).is_ok());
}

#[test]
fn two_policies_for_one_place_and_time_are_a_mistake() {
    let office = Office::new(CLEAR);
    let twice = "[[policies]]\nedition = \"statutes\"\nregions = [\"31\"]\n";
    let Err(error) = Service::builder(office.config(&twice.repeat(2))).open() else {
        panic!("it is refused")
    };
    assert_eq!(
        error.to_string(),
        "policies `edition:statutes` and `edition:statutes` both decide for region `31` from \
         2021-01-01 on"
    );
}

#[test]
fn the_file_of_the_callers_is_strict_and_private() {
    let office = Office::new(CLEAR);
    let told = |text: &str| {
        office.write_private("callers.toml", text);
        let read = Callers::open(&office.path("callers.toml"), 1, &Callers::default());
        let told = read.expect_err("it is refused").to_string();
        told.replace(&office.path("callers.toml").display().to_string(), "callers.toml")
    };
    let text = "[[callers]]\nname = \"91310115MA1K3H5Q4N\"\nroles = [\"all\"]\nmatters = \
                [\"tendering\"]\nregions = []\n[[callers]]\nname = \"b\"\ntoken_sha256 = \
                [\"12\"]\nrolls = 1\n";
    let expected = "`callers.toml` cannot be used:\n  line 1, column 1: a caller needs a \
        `token_sha256`, a `certificate_sha256` or a `certificate_names`\n  line 2, column 8: \
        `callers[0].name`: `9131…**` cannot name a caller: use letters, digits and \
        `.-_`, at most 64\n  line 3, column 9: `callers[0].roles`: `all` is none of `check`, \
        `feedback`, `receipts`, `metrics`, `backdate`\n  line 4, column 11: `callers[0].matters`: `tendering` \
        is not a matter, or a domain's `domain/*`\n  line 6, column 1: `callers[1].matters` is \
        missing\n  line 6, column 1: `callers[1].regions` is missing\n  line 6, column 1: \
        `callers[1].roles` is missing\n  line 8, column 16: `callers[1].token_sha256`: one of \
        them is not 64 hexadecimal digits\n  line 9, column 1: unknown key `callers[1].rolls`; \
        there are `name`, `roles`, `matters`, `regions`, `office`, `region`, `token_sha256`, \
        `certificate_sha256`, `certificate_names`, `requests_per_second`";
    assert_eq!(told(text), expected);
    for (region, detail) in [
        ("31", "`31` is no division code of six digits (GB/T 2260)"),
        ("320000", "`320000` is in none of the `regions`"),
    ] {
        let text = format!(
            "[[callers]]\nname = \"b\"\nroles = []\nmatters = []\nregions = [\"31\"]\nregion = \
             \"{region}\"\ncertificate_names = [\"b\"]\n"
        );
        let expected = format!("line 6, column 10: `callers[0].region`: {detail}");
        assert!(told(&text).contains(&expected), "{}", told(&text));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        office.write_private("callers.toml", "");
        let file = office.path("callers.toml");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        let error = Callers::open(&file, 1, &Callers::default()).expect_err("it is refused");
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!(cause, "others may use it (mode 644): `chmod g-wx,o=` it");
    }
}

#[test]
fn a_token_is_made_once_and_has_a_name() {
    let (one, other) = (NewToken::make("a").unwrap(), NewToken::make("a").unwrap());
    assert_ne!(one.token, other.token);
    assert!(one.token.starts_with("mustcheck_") && one.token.len() == 53, "{}", one.token);
    assert!(!one.entry.contains(&one.token));
    for name in ["", "a b", "91310115MA1K3H5Q4N", "\"", &"n".repeat(65)] {
        assert!(NewToken::make(name).is_err(), "{name}");
    }
}

/// The files that show every key are read without a mistake, and leave none out.
#[test]
fn the_examples_show_every_key() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(folder.join("service.example.toml")).unwrap();
    let config = Config::parse(&text, folder).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    assert_eq!(config.policies.len(), 3);
    // A key that nobody knows lists those that there are, table by table.
    for table in ["tls", "database", "records", "limits", "idempotency", "shutdown", "logging"] {
        let odd = text.replace(&format!("\n[{table}]"), &format!("\n[{table}]\nodd = 1 #"));
        let told = mistakes(&odd).join("\n");
        let known = told.split_once("; there are ").unwrap().1.lines().next().unwrap();
        for key in known.split(", ").map(|key| key.trim_matches('`')) {
            // A key that cannot be used with the rest is in a TOML comment.
            let shown = ["", "# "].map(|mark| text.contains(&format!("\n{mark}{key} = ")));
            assert!(shown.contains(&true), "`{key}` of `{table}` is not shown");
        }
    }
    let office = Office::new(CLEAR);
    let callers = std::fs::read_to_string(folder.join("callers.example.toml")).unwrap();
    office.write_private("callers.toml", &callers);
    let read = Callers::open(&office.path("callers.toml"), 1, &Callers::default());
    assert_eq!(read.unwrap_or_else(|e| panic!("{e}")).len(), 3);
}

/// The deployed configurations are read without a mistake. The files that they name are mounted by
/// others.
#[test]
fn the_configurations_that_are_deployed_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy");
    let plain = std::fs::read_to_string(folder.join("service.toml")).unwrap();
    let manifest = std::fs::read_to_string(folder.join("kubernetes/mustcheck.yaml")).unwrap();
    let (_, rest) = manifest.split_once("  service.toml: |\n").unwrap();
    let (block, _) = rest.split_once("---\n").unwrap();
    let mounted: Vec<&str> = block.lines().map(|l| l.strip_prefix("    ").unwrap_or(l)).collect();
    for text in [plain, mounted.join("\n")] {
        let config =
            Config::parse(&text, &folder).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
        assert!(config.behind_proxy && config.registry.is_none() && config.database.is_some());
    }
}

/// Unsafe settings give a warning, and settings that contradict each other are refused.
#[test]
fn personal_data_in_clear_is_told() {
    let base = "listen = \"127.0.0.1:0\"\ncallers = \"c.toml\"\n[[policies]]\nedition = \
                \"statutes\"\n";
    let told = |more: &str| {
        let config = Config::parse(&format!("{base}{more}"), Path::new("."));
        config.unwrap_or_else(|mistakes| panic!("{mistakes:?}")).warnings()
    };
    let bundles = "`records.encrypt_to`: bundles hold personal data, and are kept in clear";
    let database = "`database.plaintext`: personal data goes to the database in clear";
    let folders = "[records]\nlog = \"log\"\nkeys = \"keys\"\n";
    assert!(told("").is_empty());
    assert!(told(folders).is_empty(), "it has no bundles");
    assert_eq!(told(&format!("{folders}evidence = \"evidence\"\n")), [bundles]);
    let sealed = format!("{folders}evidence = \"evidence\"\nencrypt_to = [\"age1x\"]\n");
    assert!(told(&sealed).is_empty());
    let shared = "[records]\nkeys = \"keys\"\ncopy = \"copy\"\n[database]\nurl_file = \"url\"\n";
    assert_eq!(told(shared), [bundles]);
    assert_eq!(told(&format!("{shared}plaintext = true\n")), [bundles, database]);
    let both = format!("{base}{shared}authorities = \"ca.pem\"\nplaintext = true\n");
    let expected =
        "line 11, column 13: `database.plaintext`: with `authorities` nothing is in clear";
    assert_eq!(mistakes(&both), [expected]);
}
