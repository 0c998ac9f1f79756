//! Reads YAML nodes and notes every violation with its line, instead of
//! stopping at the first as a derived deserializer would.

use saphyr::MarkedYaml;

use super::Violations;

/// A mapping whose fields are all known.
pub(super) struct Fields<'a, 'i> {
    node: &'a MarkedYaml<'i>,
    what: &'a str,
}

/// Collects violations of one file.
pub(super) struct Reader<'a> {
    file: &'a str,
    pub(super) violations: Violations,
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: &'a str) -> Self {
        Self {
            file,
            violations: Violations::default(),
        }
    }

    /// Notes a violation at a line, counted from 1.
    pub(super) fn at_line(&mut self, line: usize, message: impl Into<String>) {
        self.violations
            .add(format!("{}:{line}", self.file), message);
    }

    /// Notes a violation where a node starts.
    pub(super) fn at(&mut self, node: &MarkedYaml<'_>, message: impl Into<String>) {
        self.at_line(node.span.start.line(), message);
    }

    /// Takes a node as a mapping with these fields and no others.
    pub(super) fn fields<'n, 'i>(
        &mut self,
        node: &'n MarkedYaml<'i>,
        what: &'n str,
        known: &[&str],
    ) -> Option<Fields<'n, 'i>> {
        let Some(mapping) = node.data.as_mapping() else {
            self.at(
                node,
                format!("{what} must be a mapping of {}", known.join(", ")),
            );
            return None;
        };
        for key in mapping.keys() {
            match key.data.as_str() {
                Some(name) if known.contains(&name) => {}
                name => {
                    let name = name.unwrap_or("(not a string)");
                    let known = known.join(", ");
                    self.at(
                        key,
                        format!("unknown field `{name}` in {what}; known: {known}"),
                    );
                }
            }
        }
        Some(Fields { node, what })
    }

    /// A field that must be there.
    pub(super) fn required<'n, 'i>(
        &mut self,
        fields: &Fields<'n, 'i>,
        name: &str,
    ) -> Option<&'n MarkedYaml<'i>> {
        let found = fields.optional(name);
        if found.is_none() {
            self.at(fields.node, format!("{} has no `{name}`", fields.what));
        }
        found
    }

    /// A required, non-empty string.
    pub(super) fn string<'n>(&mut self, fields: &Fields<'n, '_>, name: &str) -> Option<&'n str> {
        let node = self.required(fields, name)?;
        match node.data.as_str() {
            Some(text) if !text.is_empty() => Some(text),
            _ => {
                self.at(
                    node,
                    format!("`{name}` must be a non-empty string; quote it if need be"),
                );
                None
            }
        }
    }
}

impl<'a, 'i> Fields<'a, 'i> {
    /// A field that may be missing.
    pub(super) fn optional(&self, name: &str) -> Option<&'a MarkedYaml<'i>> {
        self.node.data.as_mapping_get(name)
    }
}
