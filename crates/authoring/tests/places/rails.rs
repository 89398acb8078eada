//! Statements that an overlay may not make: each is a finding, and nothing is compiled.

use std::fs;
use std::path::Path;

use mustcheck_authoring as authoring;
use mustcheck_rules::Catalogue;

use crate::registry::catalogue_folder;

/// The findings of Shanghai's overlay after a change of one of its files.
fn findings(file: &str, change: impl Fn(String) -> String) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    copy(&catalogue_folder(), folder.path());
    let path = folder.path().join("overlays").join(file);
    let text = fs::read_to_string(&path).unwrap();
    let changed = change(text.clone());
    assert_ne!(text, changed, "the change changes nothing");
    fs::write(&path, changed).unwrap();
    let compiled = authoring::compile(folder.path(), "statutes", "shanghai");
    compiled.err().unwrap_or_default().iter().map(|finding| finding.what.en.to_string()).collect()
}

/// A list, an act and a measure of the place's own, and the lookup that makes them due.
#[test]
fn a_place_may_keep_a_list_and_ask_for_it() {
    let basis = |of: &str| {
        format!(
            "[[{of}.legal_basis]]\ninstrument = \"shanghai-social-credit-2017\"\n\
             article = \"25\"\nparagraph = 1\n\
             clause = \"行政机关根据信息主体严重失信行为的情况，可以建立严重失信主体名单。\"\n"
        )
    };
    let of_opinions = |of: &str, says: &str, article: &str, clause: &str| {
        format!(
            "[list.rules.{of}]\n{says}[[list.rules.{of}.legal_basis]]\ninstrument = \"guofa-2016-33\"\n\
             article = \"{article}\"\nclause = \"{clause}\"\n"
        )
    };
    let removal = "在规定期限内纠正失信行为、消除不良影响的，不再作为联合惩戒对象。";
    let objection = "联合惩戒措施在信息核实期间暂不执行。";
    let rules = format!(
        "[[list.rules]]\nvalid_from = \"2021-01-01\"\n{}{}",
        of_opinions("removal", "", "21", removal),
        of_opinions("objection", "suspends = true\n", "22", objection)
    );
    let text = "text.zh = \"从严\"\ntext.en = \"look\"\n";
    let own = format!(
        "[[act]]\ncode = \"shanghai/own\"\nname.zh = \"行为\"\nname.en = \"act\"\n{}\
         [[list]]\ncode = \"shanghai-serious\"\nname.zh = \"名单\"\nname.en = \"list\"\n\
         polarity = \"restriction\"\nstanding = \"statutory\"\ninitiator.zh = \"市\"\n\
         initiator.en = \"city\"\nacts = [\"shanghai/own\"]\n{}{rules}\
         [[measure]]\nid = \"shanghai-own\"\neffect = \"restriction\"\nforce = \"mandatory\"\n\
         kind = \"stricter-examination\"\nmatters = [\"awards/honour\"]\n\
         roles = [\"applicant\"]\nlists = [\"shanghai-serious\"]\nvalid_from = \"2021-01-01\"\n\
         {text}{}",
        basis("act"),
        basis("list"),
        basis("measure")
    );
    let due = format!(
        "\n[[overlay.due]]\nmatters = [\"awards/honour\"]\nroles = [\"applicant\"]\n\
         lists = [\"shanghai-serious\"]\n{}",
        basis("overlay.due")
    );
    let folder = tempfile::tempdir().unwrap();
    copy(&catalogue_folder(), folder.path());
    fs::write(folder.path().join("overlays/shanghai/own.toml"), own).unwrap();
    let overlay = folder.path().join("overlays").join(OVERLAY);
    let text = fs::read_to_string(&overlay).unwrap();
    fs::write(&overlay, text + &due).unwrap();
    let compiled = authoring::compile(folder.path(), "statutes", "shanghai").unwrap();
    let catalogue = Catalogue::adopt(compiled.data).unwrap();
    let asked = |matter: &str| {
        let due = catalogue.matter(matter).unwrap().due.iter();
        due.flat_map(|due| &due.lists).any(|list| *list == "shanghai-serious")
    };
    assert!(asked("awards/honour"));
    assert!(!asked("financing/fiscal-project-fund"));
    let measures = catalogue.describe().measures;
    assert!(measures.iter().any(|m| m.id == "shanghai-own" && m.adopted));
    // Elsewhere nobody has heard of it.
    let elsewhere = authoring::compile(folder.path(), "statutes", "zhejiang").unwrap();
    assert!(elsewhere.data.lists.iter().all(|list| list.code != "shanghai-serious"));
}

/// Checks that a rule on persons gives the roles that it reaches, or reaches persons by their own
/// records alone (RAIL R8).
#[test]
fn a_rule_on_persons_names_acts_and_matters_that_there_are() {
    let change = |from: &'static str, to: &'static str| {
        let folder = tempfile::tempdir().unwrap();
        copy(&catalogue_folder(), folder.path());
        let path = folder.path().join("lists/judgment-defaulters.toml");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
        let findings = authoring::compile(folder.path(), "statutes", "default").unwrap_err();
        findings.iter().map(|finding| finding.what.en.to_string()).collect::<Vec<_>>()
    };
    let by_name = "list `judgment-defaulters` reaches persons by name in no role, or not at all";
    assert_eq!(change("own_record = true\n", ""), [by_name]);
    assert_eq!(change("roles = []", "roles = [\"principal\"]"), [by_name]);
    assert_eq!(
        change("\"financing/bond-issue\"", "\"financing/bond\""),
        [
            "list `judgment-defaulters` names the unknown matter `financing/bond`",
            // What the rule then no longer reaches, the measure on it no longer meets.
            "measure `company-law-178-judgment-defaulter` never applies on `financing/bond-issue`: \
             none of its lists is due there for any of its roles"
        ]
    );
    assert_eq!(
        change("own_record = true\n", "own_record = true\nacts = [\"no-such/act\"]\n"),
        ["list `judgment-defaulters` names the unknown act `no-such/act`"]
    );
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn replaced(from: &'static str, to: &'static str) -> impl Fn(String) -> String {
    move |text| text.replacen(from, to, 1)
}

const MEASURES: &str = "shanghai/measures.toml";
const OVERLAY: &str = "shanghai.toml";

// RAIL R3
#[test]
fn a_local_regulation_founds_no_exclusion() {
    assert_eq!(
        findings(MEASURES, replaced("kind = \"limit\"", "kind = \"disqualify\"")),
        [
            "measure `shanghai-30-policy-support` of kind `disqualify` has no basis of sufficient rank"
        ]
    );
}

// RAIL R3
#[test]
fn a_local_regulation_limits_no_licence_and_no_loan() {
    for matter in ["licensing/food-production", "financing/guaranteed-loan", "tendering/franchise"]
    {
        let change = |text: String| text.replacen("financing/investment-incentive", matter, 1);
        let found = findings(MEASURES, change);
        let said =
            "measure `shanghai-30-policy-support` of kind `limit` has no basis of sufficient rank";
        assert!(found.iter().any(|finding| finding == said), "{found:?}");
    }
}

// RAIL R3
#[test]
fn a_local_regulation_holds_in_its_place_alone() {
    let outside = "instrument `shanghai-social-credit-2017` does not hold where overlay `shanghai` \
                   does";
    assert_eq!(findings(OVERLAY, replaced("regions = [\"31\"]", "regions = [\"32\"]")), [outside]);
    let nowhere = replaced("regions = [\"31\"]\n", "");
    assert_eq!(findings(OVERLAY, nowhere), [outside]);
    assert_eq!(
        findings(OVERLAY, replaced("regions = [\"31\"]", "regions = [\"31\", \"3\"]")),
        ["`3` is no division code of two, four or six digits", outside]
    );
    // A regulation that forgets where it holds is a basis only within the edition's ranks.
    assert_eq!(
        findings("shanghai/instruments.toml", replaced("region = \"31\"\n", "")),
        [
            "local measure `shanghai-30-licence-examination` cites no regulation of its place",
            "local measure `shanghai-30-policy-support` cites no regulation of its place",
            "measure `shanghai-30-policy-support` of kind `limit` has no basis of sufficient rank"
        ]
    );
}

#[test]
fn a_place_adopts_what_is_recommended_and_no_more() {
    let first = "\"opinions-4-green-channel\"";
    assert_eq!(
        findings(OVERLAY, replaced(first, "\"opinions-10-licence-examination\"")),
        ["overlay adopts `opinions-10-licence-examination`, which is no recommended measure"]
    );
    assert_eq!(
        findings(OVERLAY, replaced(first, "\"opinions-4-blue-channel\"")),
        ["overlay `shanghai` names the unknown measure `opinions-4-blue-channel`"]
    );
}

#[test]
fn a_place_makes_no_restriction_mandatory() {
    let forced = "\"shanghai-30-policy-support\"]\nforce = \"mandatory\"";
    let change = |text: String| text.replacen("\"opinions-4-green-channel\"]", forced, 1);
    assert_eq!(
        findings(OVERLAY, change),
        ["overlay makes restriction `shanghai-30-policy-support` mandatory"]
    );
}

// RAIL R5
#[test]
fn disclosure_ends_for_restrictions_alone_and_not_before_it_begins() {
    let lists = "lists = [\n  \"market-supervision-serious\"";
    let change = |to: &'static str| move |text: String| text.replacen(lists, to, 1);
    assert_eq!(
        findings(OVERLAY, change("lists = [\n  \"abnormal-operations\"")),
        ["overlay `shanghai` ends the disclosure of `abnormal-operations`, no restriction"]
    );
    assert_eq!(
        findings(OVERLAY, change("lists = [\n  \"no-such-list\"")),
        ["overlay `shanghai` names the unknown list `no-such-list`"]
    );
    assert_eq!(
        findings(OVERLAY, replaced("years = 5", "years = 0")),
        ["overlay `shanghai` ends a disclosure before it begins"]
    );
    assert_eq!(
        findings(OVERLAY, replaced("\"market-order/debt-evasion\"", "\"market-order/debt\"")),
        ["overlay `shanghai` names the unknown act `market-order/debt`"]
    );
}

#[test]
fn an_overlay_does_not_contradict_itself() {
    let said = ["overlay `shanghai` contradicts itself on objections"];
    assert_eq!(findings(OVERLAY, replaced("decide_within = 5", "decide_within = 8")), said);
    assert_eq!(findings(OVERLAY, replaced("annotated = true\n", "")), said);
    let closing = "\n[[overlay.closings]]\nwhen = \"matter\"\ntext.zh = \"封\"\ntext.en = \"shut\"\n\
                   [[overlay.closings.legal_basis]]\ninstrument = \"shanghai-social-credit-2017\"\n\
                   article = \"31\"\nclause = \"限制进入相关市场；\"\n";
    assert_eq!(
        findings(OVERLAY, |text| text + closing),
        ["overlay `shanghai` closes promises by matter and names none, or the reverse"]
    );
}

#[test]
fn what_a_place_cites_is_verbatim_and_in_force() {
    assert_eq!(
        findings(OVERLAY, replaced("期限为五年", "期限为三年")),
        ["overlay `shanghai` cites `shanghai-social-credit-2017` article 35: its words are not \
          verbatim from character 37 on: it says 「三年，法律、法规和国家另」, the article \
          「五年，法律、法规和国家另」"]
    );
    let later = replaced("in_force_from = \"2017-10-01\"", "in_force_from = \"2021-01-02\"");
    let found = findings("shanghai/instruments.toml", later);
    let said = "overlay `shanghai` cites `shanghai-social-credit-2017` before it is in force";
    assert!(found.iter().any(|finding| finding == said), "{found:?}");
}

#[test]
fn departments_and_lookups_name_what_there_is() {
    assert_eq!(
        findings(OVERLAY, |text| {
            let named = "measures = [\"shanghai-30-licence-examination\"";
            text.replacen(named, "measures = [\"shanghai-30-licence\"", 1)
        }),
        ["overlay `shanghai` names the unknown measure `shanghai-30-licence`"]
    );
    let due = "\n[[overlay.due]]\nmatters = [\"awards/medal\"]\nroles = [\"applicant\"]\n\
               lists = [\"major-illegal-records\"]\n[[overlay.due.legal_basis]]\n\
               instrument = \"shanghai-social-credit-2017\"\narticle = \"28\"\n\
               clause = \"各级行政机关根据履行职责的需要，在以下工作中查询信用信息和购买信用服务：\"\n";
    assert_eq!(
        findings(OVERLAY, |text| text + due),
        ["overlay `shanghai` names the unknown matter `awards/medal`"]
    );
}
