//! Who may use which namespaces.

use std::collections::{HashMap, HashSet};

use http::{HeaderMap, header};
use ring::digest::{SHA256, digest};
use tonic::Status;

use crate::config::Token;

const SCHEME: &str = "bearer ";

/// The tokens of a configuration. Only their digests are known, and those are
/// compared: how long that takes tells nothing of a token.
#[derive(Debug)]
pub struct Access(Option<HashMap<[u8; 32], HashSet<String>>>);

impl Access {
    /// `None` lets everybody use every namespace.
    #[must_use]
    pub fn new(tokens: Option<&[Token]>) -> Self {
        Self(tokens.map(|tokens| {
            let row = |token: &Token| (token.sha256, token.namespaces.iter().cloned().collect());
            tokens.iter().map(row).collect()
        }))
    }

    /// Whether there are tokens.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        self.0.is_some()
    }

    /// Checks that the token of a call may use a namespace. One that does not
    /// exist is refused like any other, so that callers cannot find out names.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` without a known token, `PERMISSION_DENIED` with one of
    /// other namespaces.
    pub fn check(&self, headers: &HeaderMap, namespace: &str) -> Result<(), Status> {
        let Some(tokens) = &self.0 else {
            return Ok(());
        };
        let namespaces = token(headers)
            .and_then(|token| {
                let digest = digest(&SHA256, token.as_bytes());
                tokens.get(digest.as_ref())
            })
            .ok_or_else(|| {
                Status::unauthenticated(
                    "send a valid token in the metadata `authorization`, as `Bearer TOKEN`",
                )
            })?;
        if namespaces.contains(namespace) {
            Ok(())
        } else {
            Err(Status::permission_denied(
                "this token is not for this namespace",
            ))
        }
    }
}

/// The token of exactly one header, whose scheme may be in any case.
fn token(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let (scheme, token) = value.to_str().ok()?.split_at_checked(SCHEME.len())?;
    scheme.eq_ignore_ascii_case(SCHEME).then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic::Code;

    #[test]
    fn only_tokens_of_the_namespace_pass() -> Result<(), Box<dyn std::error::Error>> {
        let sha256 = |text: &str| -> Result<[u8; 32], _> {
            digest(&SHA256, text.as_bytes()).as_ref().try_into()
        };
        let tokens = [Token {
            name: "shop".into(),
            sha256: sha256("secret")?,
            namespaces: vec!["a".into()],
        }];
        let access = Access::new(Some(&tokens));
        let check = |values: &[&str], namespace: &str| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(
                    header::AUTHORIZATION,
                    value.parse().map_err(|_| Code::Unknown)?,
                );
            }
            let checked = access.check(&headers, namespace);
            checked.map_err(|status| status.code())
        };
        assert_eq!(check(&["Bearer secret"], "a"), Ok(()));
        assert_eq!(check(&["bearer secret"], "a"), Ok(()));
        for namespace in ["b", "", "A"] {
            let refused = check(&["Bearer secret"], namespace);
            assert_eq!(refused, Err(Code::PermissionDenied), "{namespace}");
        }
        for values in [
            &[][..],
            &["Bearer Secret"],
            &["Bearer "],
            &["Bearer"],
            &["Basic secret"],
            &["secret"],
            &["Bearer secret", "Bearer secret"],
        ] {
            let refused = check(values, "a");
            assert_eq!(refused, Err(Code::Unauthenticated), "{values:?}");
        }
        assert!(Access::new(None).check(&HeaderMap::new(), "a").is_ok());
        assert!(
            Access::new(Some(&[]))
                .check(&HeaderMap::new(), "a")
                .is_err()
        );
        Ok(())
    }
}
