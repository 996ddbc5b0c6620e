//! What is told, before it has a form: headings, terms, tables, notes, and texts as their authors wrote them.
//!
//! What a catalogue, a verdict or a comparison has to say is said once, in these; each format renders them in its own way. A shade of meaning
//! is a [`Tone`], of which a format makes a colour, a class or nothing. Nothing here knows a width, a colour or a mark of any format.

/// What is told: groups of blocks. Those of one group belong together, and groups are set apart.
#[derive(Clone, Debug, Default)]
pub struct Document(pub Vec<Vec<Block>>);

/// A part of what is told.
#[derive(Clone, Debug)]
pub enum Block {
    /// What the following is about; the first of a document is its title.
    Heading(Text),
    /// Names, each with what stands behind it.
    Terms(Vec<(&'static str, Text)>),
    /// Columns with a head, and rows.
    Table(Table),
    /// The heads of the columns of rows that follow.
    Heads(&'static Columns),
    /// A row of those columns.
    Row(&'static Columns, Row),
    /// A sentence or a few words, perhaps with details.
    Note(Note),
    /// A text of its author's, in Markdown, as it is.
    Prose(String),
}

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    /// The heads of the columns.
    pub header: Vec<&'static str>,
    /// The rows, as long as the header.
    pub rows: Vec<Vec<String>>,
}

/// The columns of a table of which each row is told as soon as it is known: what they hold is known before.
#[derive(Debug)]
pub struct Columns {
    /// The columns, from the left.
    pub columns: &'static [Column],
    /// The head over the names, which stand behind the columns.
    pub name: &'static str,
}

/// A column.
#[derive(Debug)]
pub struct Column {
    /// The head.
    pub head: &'static str,
    /// How many characters its cells have, but for a few.
    pub letters: usize,
    /// Whether they stand at its right side.
    pub right: bool,
}

/// A row of [`Columns`].
#[derive(Clone, Debug)]
pub struct Row {
    /// The cells, as many as columns.
    pub cells: Vec<Text>,
    /// What the row is about: a name to be copied, which is never broken.
    pub name: String,
    /// What there is to say below it.
    pub notes: Vec<Note>,
}

/// Something that is said, and what it comes down to in detail.
#[derive(Clone, Debug)]
pub struct Note {
    /// What is said.
    pub text: Text,
    /// The details, in order.
    pub details: Vec<Note>,
}

/// A line of text, whose parts may have tones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub Vec<(Tone, String)>);

/// A shade of meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// None.
    Plain,
    /// As it should be.
    Good,
    /// Not as it should be.
    Bad,
    /// Not decided.
    Doubtful,
    /// What the rest is about.
    Strong,
    /// To be typed.
    Command,
}

impl Text {
    /// The text, in one tone.
    #[must_use]
    pub fn toned(tone: Tone, text: impl Into<String>) -> Self {
        Self(vec![(tone, text.into())])
    }

    /// The same and then more, in its tone.
    #[must_use]
    pub fn and(mut self, tone: Tone, text: impl AsRef<str>) -> Self {
        self.push(tone, text.as_ref());
        self
    }

    /// Adds more, in its tone. Parts of one tone are one part.
    pub fn push(&mut self, tone: Tone, text: &str) {
        match self.0.last_mut() {
            Some((last, part)) if *last == tone || part.is_empty() => {
                *last = tone;
                part.push_str(text);
            }
            _ => self.0.push((tone, text.to_owned())),
        }
    }

    /// The same and then another text.
    #[must_use]
    pub fn followed_by(mut self, other: Self) -> Self {
        other.0.iter().for_each(|(tone, part)| self.push(*tone, part));
        self
    }

    /// The same and then more, without a tone.
    #[must_use]
    pub fn then(self, text: impl AsRef<str>) -> Self {
        self.and(Tone::Plain, text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::toned(Tone::Plain, text)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl<T: Into<Text>> From<T> for Note {
    fn from(text: T) -> Self {
        Self { text: text.into(), details: Vec::new() }
    }
}

impl<T: Into<Text>> From<T> for Block {
    fn from(text: T) -> Self {
        Self::Note(text.into().into())
    }
}
