//! A claim: a statement, where it comes from, how it is checked, and the control that must fail.

use std::fmt;
use std::sync::Arc;

use super::Statement;
use super::chance::{AboutChance, ChanceStatement, NoSubject, OnChance};
use super::statement::Identity;
use crate::generate::Source;
use crate::problem::Network;

/// What an id of the catalogue stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A statement that is true or false.
    Claim,
    /// A predicate that accepts some instances and rejects others.
    Definition,
    /// A slip in a paper: the statement as printed, expected to be refuted.
    Slip,
    /// A figure or table.
    Experiment,
}

impl Role {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Definition => "definition",
            Self::Slip => "slip",
            Self::Experiment => "experiment",
        }
    }
}

/// What a verdict covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All weights and data of the shapes listed, by polynomial identity testing.
    Identity,
    /// Every subject of each generated instance.
    Instances,
    /// One instance.
    Instance,
    /// A limit, through the finite-time inequalities named in the note.
    Consequence,
}

impl Scope {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Instances => "instances",
            Self::Instance => "instance",
            Self::Consequence => "consequence",
        }
    }
}

/// What the catalogue expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// The statement holds.
    Holds,
    /// The statement is false as printed.
    Refuted,
}

impl Expected {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Refuted => "refuted",
        }
    }
}

/// How sure the reading of the print is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The print says so beyond doubt.
    Certain,
    /// The printed form is known from a scan alone.
    FromAScan,
}

impl Reading {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::FromAScan => "from a scan",
        }
    }
}

/// The shape of a network and its data, and a number of steps, for which an identity is tested.
///
/// With examples and one output, the loss is a function of which nothing is known; with examples and more outputs, it is the
/// squared loss; without examples, it is the squared distance from a free target `Φ`.
///
/// ```
/// use gradient_witness::claims::Shape;
/// use gradient_witness::problem::Network;
/// let two_layers = Shape::fully_connected(&[2, 3, 1]).with_examples(2).with_steps(1);
/// assert_eq!((two_layers.examples, two_layers.steps), (2, 1));
/// let filters = Shape::of(Network::convolutional(5, &[2, 5])?);
/// assert_eq!((filters.examples, filters.steps), (0, 0));
/// # Ok::<(), gradient_witness::problem::Misfit>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The network, whose weights are free.
    pub network: Network,
    /// The number of examples; 0 for a target in place of examples.
    pub examples: usize,
    /// The number of steps, each with a free step size and a free loss.
    pub steps: u64,
}

impl Shape {
    /// The start of `network` with a target, without steps.
    #[must_use]
    pub fn of(network: Network) -> Self {
        Self { network, examples: 0, steps: 0 }
    }

    /// The same of the fully-connected network of the widths `d_0, …, d_L`.
    ///
    /// # Panics
    ///
    /// If there is no such network: a mistake in the code that calls it.
    #[must_use]
    pub fn fully_connected(widths: &[usize]) -> Self {
        Self::of(Network::fully_connected(widths).expect("two widths or more, each at least 1"))
    }

    /// The same with so many examples in place of the target.
    #[must_use]
    pub fn with_examples(self, examples: usize) -> Self {
        Self { examples, ..self }
    }

    /// The same with so many steps.
    #[must_use]
    pub fn with_steps(self, steps: u64) -> Self {
        Self { steps, ..self }
    }
}

/// How a claim is checked.
#[derive(Clone, Debug)]
pub enum Check {
    /// Its relations are equalities of polynomials in weights, data or target, `ℓ(m_i)`, `ℓ′(m_i)` and step sizes: exact polynomial
    /// identity testing for each shape.
    Identity(Vec<Shape>),
    /// On instances.
    Instances(Arc<dyn Source>),
    /// About chance: case by case, by formulas and by sampling.
    Chance(Arc<dyn ChanceStatement>),
}

/// A variation of a statement that must come out the other way: refuted, or for a statement expected to be refuted, not.
pub struct Control {
    /// What was changed.
    pub change: &'static str,
    /// The changed statement.
    pub statement: Box<dyn Statement>,
    /// Where it must fail (for the repaired form of a slip: where it must not).
    pub instance: ControlInstance,
}

/// Where a control is run.
#[derive(Clone, Debug)]
pub enum ControlInstance {
    /// On the first instance of a source.
    On(Arc<dyn Source>),
    /// By polynomial identity testing for one shape.
    Shape(Shape),
    /// The changed statement is about chance, and has cases of its own.
    Chance(Arc<dyn ChanceStatement>),
}

/// A claim of a paper, or of a user.
///
/// It is made with [`Claim::new`] and the methods that follow it, and checked by
/// [`verify`](crate::verify). The documentation text has the headings *Statement*, *Source*, *Hypotheses*, *Check*, *Control*
/// and *Notes*; `witness explain` prints it.
pub struct Claim {
    id: &'static str,
    documentation: &'static str,
    statement: Box<dyn Statement>,
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
        Self::with_check(id, documentation, Box::new(statement), Check::Instances(Arc::new(source)), Scope::Instances)
    }

    /// A claim whose relations are polynomial identities, proved for the given shapes.
    #[must_use]
    pub fn identity(
        id: &'static str,
        documentation: &'static str,
        statement: impl Statement,
        shapes: Vec<Shape>,
    ) -> Self {
        Self::with_check(id, documentation, Box::new(Identity(statement)), Check::Identity(shapes), Scope::Identity)
    }

    /// A claim about chance, checked on the cases of `statement`.
    #[must_use]
    pub fn chance<S: AboutChance>(id: &'static str, documentation: &'static str, statement: OnChance<S>) -> Self {
        let check = Check::Chance(Arc::new(statement));
        Self::with_check(id, documentation, Box::new(NoSubject), check, Scope::Instances)
    }

    fn with_check(
        id: &'static str,
        documentation: &'static str,
        statement: Box<dyn Statement>,
        check: Check,
        scope: Scope,
    ) -> Self {
        Self {
            id,
            documentation,
            statement,
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
    pub fn control(mut self, change: &'static str, statement: impl Statement, source: impl Source + 'static) -> Self {
        let instance = ControlInstance::On(Arc::new(source));
        self.controls.push(Control { change, statement: Box::new(statement), instance });
        self
    }

    /// Adds a negative control that is run by polynomial identity testing.
    #[must_use]
    pub fn identity_control(mut self, change: &'static str, statement: impl Statement, shape: Shape) -> Self {
        self.controls.push(Control { change, statement: Box::new(statement), instance: ControlInstance::Shape(shape) });
        self
    }

    /// Adds a negative control to a claim about chance: the changed statement must be refuted on one of its cases. For a
    /// statement expected to be refuted it is the repaired form, which must hold on all.
    #[must_use]
    pub fn chance_control<S: AboutChance>(mut self, change: &'static str, statement: OnChance<S>) -> Self {
        let instance = ControlInstance::Chance(Arc::new(statement));
        self.controls.push(Control { change, statement: Box::new(NoSubject), instance });
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
        let mut rest = self.documentation;
        while let Some(start) = rest.find("# ") {
            let after = &rest[start + 2..];
            let (title, body) = after.split_once('\n').unwrap_or((after, ""));
            let end = body.find("\n# ").map_or(body.len(), |end| end + 1);
            if title.trim() == heading {
                return body[..end].trim();
            }
            rest = &body[end..];
        }
        ""
    }

    /// Where the statement stands: the first line under *Source*.
    #[must_use]
    pub fn source(&self) -> &'static str {
        self.section("Source").lines().next().unwrap_or("")
    }

    /// What kind of statement it is: identity, finite-time inequality, limit, …: the second line under *Source*.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.section("Source").lines().nth(1).unwrap_or("").trim_start_matches("Kind: ").trim_end_matches('.')
    }

    /// The statement. Of a claim about chance it sees nothing in a run: see [`Check::Chance`].
    #[must_use]
    pub fn statement(&self) -> &dyn Statement {
        &*self.statement
    }

    /// The statement that is asked of a user's own run.
    #[must_use]
    pub fn own_run_statement(&self) -> &dyn Statement {
        self.own_run.as_deref().unwrap_or(&*self.statement)
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

impl fmt::Debug for Claim {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Claim").field("id", &self.id).field("check", &self.check).finish_non_exhaustive()
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Control").field("change", &self.change).finish_non_exhaustive()
    }
}
