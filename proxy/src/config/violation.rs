//! What is wrong with a configuration.

use std::fmt;

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// `file:line`, a file, or the name of an environment variable.
    pub place: String,
    /// What is wrong and what is expected.
    pub message: String,
}

/// All that is wrong with a configuration; never empty when returned as an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations(pub Vec<Violation>);

impl Violations {
    /// Adds one.
    pub fn add(&mut self, place: impl Into<String>, message: impl Into<String>) {
        self.0.push(Violation {
            place: place.into(),
            message: message.into(),
        });
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Violation { place, message } in &self.0 {
            writeln!(f, "{place}: {message}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Violations {}
