//! The one sentence on what to do next, and what goes with it.

use mustcheck_model::{Decision, Disposition, DispositionRule, Role, Standing};

use super::{PaperInput, is_refusing};
use crate::document::Writing as _;
use crate::safe;

/// Largest number of lists that a sentence names; the table names all.
const FEW: usize = 4;

impl PaperInput<'_> {
    /// Writes what the officer has to do next.
    pub(super) fn next(&self) -> String {
        let Decision { disposition, disposition_rule, .. } = self.decision;
        match disposition {
            Disposition::Clear => self.say(
                "按申请事项的规定办理；本结果不代替其他审查。",
                "Handle the application as its own rules say; this replaces no other examination.",
            ),
            Disposition::Facilitated => {
                let (cited, whom) = (self.cited(|_| true), self.whom(|_| true));
                self.write(
                    || format!("依照{cited}，对{whom}适用下列激励措施，并送达告知书。"),
                    || format!("Apply to {whom} the incentives below ({cited}), and give notice."),
                )
            }
            Disposition::Restricted => {
                let (cited, whom) = (self.cited(is_refusing), self.whom(is_refusing));
                self.write(
                    || {
                        format!(
                            "依照{cited}，对{whom}执行下列限制措施；作出决定前，向其送达告知书并听取意见。"
                        )
                    },
                    || {
                        format!(
                            "Carry out the restrictions below on {whom} ({cited}); before deciding, \
                             give them their notice and hear them."
                        )
                    },
                )
            }
            Disposition::Undetermined => self.undetermined(),
            Disposition::Review => self.review(*disposition_rule),
        }
    }

    /// Writes that nothing may be decided on a check that is not complete, and whom to ask.
    // RAIL R2
    fn undetermined(&self) -> String {
        let lists = each_once(self.unanswered().map(|lookup| self.list(&lookup.list)));
        let count = lists.len();
        let what = match count {
            0..=FEW => lists.join(self.language.say("、", "; ")),
            _ => self.write(|| format!("{count}个名单"), || format!("{count} lists")),
        };
        self.write(
            || format!("不得据此作出决定；请向下表所列单位查询{what}，取得结果后重新核查。"),
            || {
                format!(
                    "Decide nothing on this check; ask whom the table below names about {what}, \
                     and check again."
                )
            },
        )
    }

    fn review(&self, rule: DispositionRule) -> String {
        match rule {
            DispositionRule::ReviewMeasure | DispositionRule::AdoptedRestriction => {
                let (cited, whom) = (self.cited(|_| true), self.whom(|_| true));
                self.write(
                    || format!("依照{cited}，对{whom}从严审核或者执行下列措施后，依法作出决定。"),
                    || {
                        format!(
                            "Examine {whom} more closely, or carry out the measures below \
                             ({cited}), then decide according to law."
                        )
                    },
                )
            }
            DispositionRule::SuspendedRecord => {
                self.ask(|standing| standing == Standing::Suspended, (
                    "核实期间不得依据该记录采取联合惩戒措施",
                    "meanwhile no joint measure may rest on it",
                ))
            }
            DispositionRule::LiftedRecord => self.ask(|standing| standing == Standing::Lifted, (
                "并由其说明限制措施是否解除",
                "and have them say what the reorganisation lifts",
            )),
            DispositionRule::WatchHit => self.say(
                "核实下列提示性名单上的记录与申请事项有无关系，依法作出决定；提示性名单本身不是限制的依据。",
                "Find out whether the records on watch lists below bear on the application, then \
                 decide according to law; a watch list by itself restricts nobody.",
            ),
            DispositionRule::EarlierDay => self.say(
                "办理现时申请的，以当日为基准日重新核查后再作决定。",
                "For a present application, check again as of today before deciding.",
            ),
            DispositionRule::CodeAsIssued => self.say(
                "核对载明统一社会信用代码的证照原件，确认主体后依法作出决定。",
                "Look at the original of the licence that shows the code, make sure whom it \
                 belongs to, then decide according to law.",
            ),
            _ => self.ask(|_| true, (
                "确认后依法作出决定",
                "and decide according to law once they have answered",
            )),
        }
    }

    /// Writes whom to ask about records of a standing.
    fn ask(
        &self,
        concerns: impl Fn(Standing) -> bool,
        then: (&'static str, &'static str),
    ) -> String {
        let concerned = self.decision.records.iter().filter(|f| concerns(f.standing));
        let asked = each_once(concerned.map(|finding| {
            let by = finding.decided_by.as_deref().map(|by| safe(by).into_owned());
            let by = by.unwrap_or_else(|| self.say("认定单位", "the authority that decided"));
            let id = safe(&finding.record);
            self.write(|| format!("{by}核实记录“{id}”"), || format!("{by} about {id}"))
        }));
        let asked = asked.join(self.language.say("，向", "; "));
        let then = self.language.say(then.0, then.1);
        self.write(|| format!("向{asked}；{then}。"), || format!("Ask {asked}; {then}."))
    }

    /// Cites the first legal basis of each measure of a kind, each once.
    fn cited(&self, is: impl Fn(&mustcheck_model::AppliedMeasure) -> bool) -> String {
        let measures = self.decision.measures.iter().filter(|m| is(m));
        let bases = measures.filter_map(|m| m.legal_basis.first());
        let cited = bases.map(|basis| self.language.cite(self.policy(), basis));
        each_once(cited).join(self.language.say("、", "; "))
    }

    /// Names the subjects that the measures of a kind reach, each once.
    fn whom(&self, is: impl Fn(&mustcheck_model::AppliedMeasure) -> bool) -> String {
        let measures = self.decision.measures.iter().filter(|m| is(m));
        let named = measures.map(|m| self.role_and_name(m.target.subject_index));
        each_once(named).join(self.language.say("、", ", "))
    }

    /// Writes what a restriction means for the subjects that it does not name.
    // RAIL R8
    pub(super) fn beyond(&self) -> Option<String> {
        if self.decision.disposition != Disposition::Restricted {
            return None;
        }
        let refusing = || self.decision.measures.iter().filter(|m| is_refusing(m));
        if refusing().all(|m| m.target.role.stands_behind()) {
            return Some(self.say(
                "限制仅适用于所列人员；是否影响申请人，由决定机关依法判断。",
                "The restriction reaches the person named; what it means for the applicant is for \
                 the office.",
            ));
        }
        let is_member = |role| matches!(role, Role::Applicant | Role::ConsortiumMember);
        let meets_member = refusing().any(|m| is_member(m.target.role));
        (self.case.application.consortium && meets_member).then(|| self.consortium())
    }

    /// 招标投标法 31 (2): 「联合体各方均应当具备承担招标项目的相应能力；国家有关规定或者招标文件对投标人资格条件
    /// 有规定的，联合体各方均应当具备规定的相应资格条件。」 政府采购法 24 (2): 「以联合体形式进行政府采购的，参加
    /// 联合体的供应商均应当具备本法第二十二条规定的条件」. Reads as: what bars one member touches the bid of all.
    ///
    /// INTERPRETATION: neither says what becomes of the bid; the office judges the conditions.
    fn consortium(&self) -> String {
        let (zh, en) = match self.decision.matter.as_str() {
            "tendering/government-procurement" => (
                "（《中华人民共和国政府采购法》第二十四条第二款）",
                " (Government Procurement Law, art. 24 para. 2)",
            ),
            "tendering/statutory-tender" | "tendering/voluntary-tender" => (
                "（《中华人民共和国招标投标法》第三十一条第二款）",
                " (Bidding Law, art. 31 para. 2)",
            ),
            _ => ("", ""),
        };
        self.write(
            || {
                format!(
                    "联合体各方均应当具备规定的条件{zh}；所列成员受到限制，联合体是否具备条件，由{}据此审查。",
                    self.own_office().zh
                )
            },
            || {
                format!(
                    "Each member of a consortium has to meet the conditions{en}; a member named \
                     below is restricted, and whether the consortium meets them is for {}.",
                    self.own_office().en
                )
            },
        )
    }
}

/// Texts in their order, each once.
fn each_once(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for text in texts {
        if !all.contains(&text) {
            all.push(text);
        }
    }
    all
}
