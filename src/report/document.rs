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
    Terms(Vec<(&'static str, String)>),
    /// Columns with a head, and rows.
    Table(Table),
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

/// Something that is said, and what it comes down to in detail.
#[derive(Clone, Debug)]
pub struct Note {
    /// What is said.
    pub text: Text,
    /// The details, in order.
    pub details: Vec<Note>,
}

/// A line of text, whose parts may have tones.
#[derive(Clone, Debug, Default)]
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
}

impl Text {
    /// The text, in one tone.
    #[must_use]
    pub fn toned(tone: Tone, text: impl Into<String>) -> Self {
        Self(vec![(tone, text.into())])
    }

    /// The same and then more, in its tone.
    #[must_use]
    pub fn and(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.0.push((tone, text.into()));
        self
    }

    /// The same and then more, without a tone.
    #[must_use]
    pub fn then(self, text: impl Into<String>) -> Self {
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
