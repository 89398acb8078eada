//! Results for a build server, as JUnit XML.

use mustcheck::model::Text;
use mustcheck::{redact, safe};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::suite::{Finding, Ran, Verdict};

/// Returns the report: one test case for each case, and one for each finding about the folders.
///
/// # Errors
///
/// A sentence that says what cannot be written as XML.
pub fn report(
    ran: &[Ran],
    findings: &[Finding],
    pick: impl Fn(&Text) -> String,
) -> Result<String, String> {
    let mut suite = TestSuite::new("cases");
    for case in ran {
        let mut test = TestCase::new(case.name.as_str(), status(case, &pick));
        test.set_classname(redact(&safe(&case.path.display().to_string())));
        suite.add_test_case(test);
    }
    for finding in findings {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type("bad").set_message(finding.to_string());
        suite.add_test_case(TestCase::new(finding.file.as_str(), status));
    }
    let mut report = Report::new("mustcheck test");
    report.add_test_suite(suite);
    report.to_string().map_err(|e| e.to_string())
}

fn status(case: &Ran, pick: &impl Fn(&Text) -> String) -> TestCaseStatus {
    let (kind, what) = match case.verdict {
        Verdict::Passed => return TestCaseStatus::success(),
        Verdict::Failed => (NonSuccessKind::Failure, "failed"),
        Verdict::Bad => (NonSuccessKind::Error, "bad"),
        Verdict::Fault => (NonSuccessKind::Error, "fault"),
    };
    let lines = case.lines(pick);
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(what);
    status.set_message(lines.first().cloned().unwrap_or_default());
    status.set_description(lines.join("\n"));
    status
}

impl Ran {
    /// Returns everything that keeps the case from passing, one a line.
    pub fn lines(&self, pick: impl Fn(&Text) -> String) -> Vec<String> {
        let findings = self.findings.iter().map(ToString::to_string);
        let differences = self.differences.iter().map(|difference| pick(&difference.text()));
        findings.chain(self.fault.clone()).chain(differences).collect()
    }
}
