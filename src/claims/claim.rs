//! A claim: a statement, where it comes from, how it is checked, and the control that must fail.

use std::fmt;
use std::sync::Arc;

use super::chance::{AboutChance, OnChance};
use super::statement::Identity;
use super::{AboutNumbers, Check, Control, Expected, Reading, Role, Scope, Shape, Statement};
use crate::generate::Source;

/// A claim of a paper, or of a user.
///
/// It is made with [`Claim::new`] and the methods that follow it, and checked by
/// [`verify`](crate::verify). The documentation text has the headings *Statement*, *Source*, *Hypotheses*, *Check*, *Control*
/// and *Notes*; `witness explain` prints it.
pub struct Claim {
    id: &'static str,
    documentation: &'static str,
    own_run: Option<Box<dyn Statement>>,
    check: Check,
    role: Role,
    scope: Scope,
    expected: Expected,
    reading: Reading,
    repairs: Option<&'static str>,
    controls: Vec<Control>,
    in_catalogue: bool,
}

impl Claim {
    /// The claim `id`, checked on the instances of `source`, with the documentation text that explains it.
    #[must_use]
    pub fn new(
        id: &'static str,
        documentation: &'static str,
        statement: impl Statement,
        source: impl Source + 'static,
    ) -> Self {
        let check = Check::Instances { statement: Box::new(statement), source: Arc::new(source) };
        Self::with_check(id, documentation, check, Scope::Instances)
    }

    /// A claim whose relations are polynomial identities, proved for the given shapes.
    #[must_use]
    pub fn identity(
        id: &'static str,
        documentation: &'static str,
        statement: impl Statement,
        shapes: Vec<Shape>,
    ) -> Self {
        let check = Check::Identity { statement: Box::new(Identity(statement)), shapes };
        Self::with_check(id, documentation, check, Scope::Identity)
    }

    /// A claim whose relations are polynomial identities in free numbers that belong to no network.
    #[must_use]
    pub fn formula(id: &'static str, documentation: &'static str, statement: impl AboutNumbers) -> Self {
        Self::with_check(id, documentation, Check::Formula(Box::new(statement)), Scope::Identity)
    }

    /// A claim about chance, checked on the cases of `statement`.
    #[must_use]
    pub fn chance<S: AboutChance>(id: &'static str, documentation: &'static str, statement: OnChance<S>) -> Self {
        Self::with_check(id, documentation, Check::Chance(Arc::new(statement)), Scope::Instances)
    }

    fn with_check(id: &'static str, documentation: &'static str, check: Check, scope: Scope) -> Self {
        Self {
            id,
            documentation,
            own_run: None,
            check,
            role: Role::Claim,
            scope,
            expected: Expected::Holds,
            reading: Reading::Certain,
            repairs: None,
            controls: Vec::new(),
            in_catalogue: false,
        }
    }

    /// Marks a definition: its relation is a predicate, and the source has instances built inside and outside. A definition that
    /// is an equation is checked as an identity.
    #[must_use]
    pub fn definition(self) -> Self {
        Self { role: Role::Definition, ..self }
    }

    /// Asks another statement of a user's own run: a definition with a free parameter is checked at one value of it on instances that
    /// are built for that value, and a user's run has none.
    #[must_use]
    pub fn on_own_runs(self, statement: impl Statement) -> Self {
        Self { own_run: Some(Box::new(statement)), ..self }
    }

    /// Marks a limit that holds through finite-time inequalities, which the statement computes and the notes name.
    #[must_use]
    pub fn consequence(self) -> Self {
        Self { scope: Scope::Consequence, ..self }
    }

    /// Marks a statement that is false as printed; `repairs` is the id of its repaired form, if that is a claim of its own.
    #[must_use]
    pub fn expected_refuted(self, repairs: Option<&'static str>) -> Self {
        Self { role: Role::Slip, expected: Expected::Refuted, repairs, ..self }
    }

    /// Marks a statement whose printed form is known from a scan alone.
    #[must_use]
    pub fn from_a_scan(self) -> Self {
        Self { reading: Reading::FromAScan, ..self }
    }

    /// Adds a negative control: the changed statement must be refuted on the first instance of `source`, which is mostly a source of one: an
    /// [`Instance`](crate::generate::Instance) or the run of a spec, [`replay`](crate::generate::replay). For a statement expected to be
    /// refuted it is the repaired form, which must not be refuted there.
    #[must_use]
    pub fn control(self, change: &'static str, statement: impl Statement, source: impl Source + 'static) -> Self {
        self.with_control(change, Check::Instances { statement: Box::new(statement), source: Arc::new(source) })
    }

    /// Adds a negative control that is run by polynomial identity testing.
    #[must_use]
    pub fn identity_control(self, change: &'static str, statement: impl Statement, shape: Shape) -> Self {
        self.with_control(change, Check::Identity { statement: Box::new(statement), shapes: vec![shape] })
    }

    /// Adds a negative control about free numbers alone.
    #[must_use]
    pub fn formula_control(self, change: &'static str, statement: impl AboutNumbers) -> Self {
        self.with_control(change, Check::Formula(Box::new(statement)))
    }

    /// Adds a negative control to a claim about chance: the changed statement must be refuted on one of its cases. For a
    /// statement expected to be refuted it is the repaired form, which must hold on all.
    #[must_use]
    pub fn chance_control<S: AboutChance>(self, change: &'static str, statement: OnChance<S>) -> Self {
        self.with_control(change, Check::Chance(Arc::new(statement)))
    }

    fn with_control(mut self, change: &'static str, check: Check) -> Self {
        self.controls.push(Control { change, check });
        self
    }

    /// Marks a claim of the catalogue.
    pub(crate) fn of_catalogue(self) -> Self {
        Self { in_catalogue: true, ..self }
    }

    /// Whether it came from the [catalogue](crate::papers::catalogue): the program knows it by its id.
    #[must_use]
    pub fn is_in_catalogue(&self) -> bool {
        self.in_catalogue
    }

    /// The id, such as `JT19.descent-step`.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// The key of the paper: what stands before the first full stop of the id.
    #[must_use]
    pub fn paper(&self) -> &'static str {
        self.id.split_once('.').map_or(self.id, |(paper, _)| paper)
    }

    /// The full text, in Markdown.
    #[must_use]
    pub fn documentation(&self) -> &'static str {
        self.documentation
    }

    /// The text under one heading of the documentation, trimmed; empty if there is no such heading.
    ///
    /// Headings are lines of the form `# Source`.
    #[must_use]
    pub fn section(&self, heading: &str) -> &'static str {
        let sections = self.documentation.split("\n# ").map(|section| section.strip_prefix("# ").unwrap_or(section));
        let mut sections = sections.map(|section| section.split_once('\n').unwrap_or((section, "")));
        sections.find(|(title, _)| title.trim() == heading).map_or("", |(_, text)| text.trim())
    }

    /// Where the statement stands: the first line under *Source*.
    #[must_use]
    pub fn source(&self) -> &'static str {
        self.section("Source").lines().next().unwrap_or("")
    }

    /// The publication, as its [source](Self::source) cites it: what stands before the comma behind the year; empty without a year.
    #[must_use]
    pub fn citation(&self) -> &'static str {
        let source = self.source();
        let is_year = |text: &str| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        let mut ends = source.match_indices(',').map(|(end, _)| &source[..end]);
        ends.find(|text| text.rsplit(' ').next().is_some_and(is_year)).unwrap_or("")
    }

    /// What it belongs to in the paper, by the paper's own number: the first theorem, lemma, definition, … that its
    /// [source](Self::source) names; where it names none, the first section or appendix, and without one the whole source.
    ///
    /// Reports put the claims of one theorem under one heading.
    ///
    /// ```
    /// let claims = gradient_witness::papers::catalogue();
    /// let claim = claims.iter().find(|claim| claim.id() == "JT19.lemma8-alignment").unwrap();
    /// assert_eq!(claim.source(), "Ji & Telgarsky 2019, Lemma 8(2), Appendix C");
    /// assert_eq!(claim.theorem(), "Lemma 8");
    /// ```
    #[must_use]
    pub fn theorem(&self) -> String {
        let source = self.source();
        first_numbered(source, &STATEMENTS).or_else(|| first_numbered(source, &PARTS)).unwrap_or(source.to_owned())
    }

    /// What kind of statement it is, identity, finite-time inequality, limit, …: the second line under *Source*, `Kind: limit.`; empty if
    /// there is none.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        let line = self.section("Source").lines().nth(1).unwrap_or("");
        line.strip_prefix("Kind: ").unwrap_or("").trim_end_matches('.')
    }

    /// The statement, if it is one that can be asked about a run: all but those about free numbers and about chance.
    #[must_use]
    pub fn statement(&self) -> Option<&dyn Statement> {
        self.check.statement()
    }

    /// The statement that is asked of a user's own run.
    #[must_use]
    pub fn own_run_statement(&self) -> Option<&dyn Statement> {
        self.own_run.as_deref().or(self.statement())
    }

    /// How it is checked.
    #[must_use]
    pub fn check(&self) -> &Check {
        &self.check
    }

    /// What the id stands for.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// What a verdict covers.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// What the catalogue expects.
    #[must_use]
    pub fn expected(&self) -> Expected {
        self.expected
    }

    /// How sure the reading of the print is.
    #[must_use]
    pub fn reading(&self) -> Reading {
        self.reading
    }

    /// The id of the repaired form of a statement that is false as printed.
    #[must_use]
    pub fn repairs(&self) -> Option<&'static str> {
        self.repairs
    }

    /// The negative controls.
    #[must_use]
    pub fn controls(&self) -> &[Control] {
        &self.controls
    }
}

/// The statements to which papers give numbers.
const STATEMENTS: [&str; 9] =
    ["Theorem", "Lemma", "Corollary", "Proposition", "Claim", "Definition", "Assumption", "Procedure", "Remark"];

/// The parts of a paper.
const PARTS: [&str; 2] = ["Section", "Appendix"];

/// The first of these words in the text that has a number behind it, with its number: `Lemma 8` of `proofs of Lemmas 8(2) and 9`.
fn first_numbered(text: &str, words: &[&str]) -> Option<String> {
    let mut parts = text.split_whitespace().peekable();
    while let Some(part) = parts.next() {
        let singular = part.strip_suffix('s').unwrap_or(part);
        let word = words.iter().find(|word| **word == singular.trim_start_matches('('));
        if let (Some(word), Some(next)) = (word, parts.peek()) {
            let end = next.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '.').unwrap_or(next.len());
            let number = next[..end].trim_end_matches('.');
            // Sections are numbered, appendices have letters.
            if number.starts_with(|letter: char| letter.is_ascii_digit() || letter.is_ascii_uppercase()) {
                return Some(format!("{word} {number}"));
            }
        }
    }
    None
}

impl fmt::Debug for Claim {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Claim").field("id", &self.id).field("check", &self.check).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::{AboutPoint, Finding, OnPoints};
    use crate::generate::Family;
    use crate::number::Real;
    use crate::reference::Point;

    struct Nothing;

    impl AboutPoint for Nothing {
        fn conclude<T: Real>(&self, _: &Point<T>, _: &mut Finding) {}
    }

    fn of(documentation: &'static str) -> Claim {
        Claim::new("mine.nothing", documentation, OnPoints(Nothing), Family::Points)
    }

    #[test]
    fn a_text_is_read_by_its_headings() {
        let claim = of(
            "# Statement\nOf # signs, and\n## of others.\n\n# Source\nLemma 8(2)\nKind: limit, of a kind.\nMore.\n# Notes",
        );
        assert_eq!(claim.section("Statement"), "Of # signs, and\n## of others.");
        assert_eq!((claim.source(), claim.kind()), ("Lemma 8(2)", "limit, of a kind"));
        assert_eq!((claim.section("Notes"), claim.section("Control"), claim.section("signs, and")), ("", "", ""));
        // Another second line is no kind.
        assert_eq!(of("# Source\nMine\nOr a friend's.").kind(), "");
        assert_eq!((of("").source(), of("").kind()), ("", ""));
    }

    #[test]
    fn a_source_says_what_is_cited_and_which_theorem_it_is_of() {
        for (documentation, citation, theorem) in [
            ("# Source\nOne & Two 2019, Lemma 8(2), Section 3", "One & Two 2019", "Lemma 8"),
            (
                "# Source\nOne, Two & Three 2019, Theorem 2's condition on p, eq. (38)",
                "One, Two & Three 2019",
                "Theorem 2",
            ),
            ("# Source\nOne 2019, in the proofs of Lemmas 1 and 2", "One 2019", "Lemma 1"),
            ("# Source\nOne 2019, (4), Section 3.2.2, after Two 2018, Lemma B.1.", "One 2019", "Lemma B.1"),
            ("# Source\nOne 2019, remark in Sections 2.2 and 3", "One 2019", "Section 2.2"),
            ("# Source\nOne 2019, proof of the Claim, (7) (Appendix A)", "One 2019", "Appendix A"),
            ("# Source\nOne 2019, (7)", "One 2019", "One 2019, (7)"),
            ("# Source\nMy own", "", "My own"),
            ("", "", ""),
        ] {
            assert_eq!((of(documentation).citation(), &*of(documentation).theorem()), (citation, theorem));
        }
    }
}
