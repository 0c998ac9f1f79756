//! The path of a call: `/package.Service/Method`.

/// The service of a path that gRPC servers understand; `None` for every other
/// form. Servers compare bytes, without decoding percent signs or folding
/// slashes, and so does this.
pub(super) fn service(uri: &http::Uri) -> Option<&str> {
    let whole = uri.path_and_query()?.as_str();
    let (service, method) = whole.strip_prefix('/')?.split_once('/')?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let is_method = !method.is_empty() && method.bytes().all(plain);
    (is_method && !service.is_empty()).then_some(service)
}

/// Methods that may run twice, because they change nothing.
const IDEMPOTENT: [&str; 4] = [
    "/prism.keyvalue.v1.KeyValue/Get",
    "/prism.keyvalue.v1.KeyValue/Exists",
    "/prism.keyvalue.v1.KeyValue/GetTTL",
    "/prism.keyvalue.v1.KeyValue/Scan",
];

/// Whether a call may be sent again.
pub(super) fn is_idempotent(uri: &http::Uri) -> bool {
    IDEMPOTENT.contains(&uri.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_plain_segments_are_a_call() {
        let of = |text: &str| {
            let uri: http::Uri = text.parse().ok()?;
            service(&uri).map(str::to_owned)
        };
        assert_eq!(of("/a.b.C/Get").as_deref(), Some("a.b.C"));
        assert_eq!(of("http://host:1/a.b.C/Get_2").as_deref(), Some("a.b.C"));
        for text in [
            "/",
            "/a.b.C",
            "/a.b.C/",
            "//Get",
            "//a.b.C/Get",
            "/a.b.C//Get",
            "/a.b.C/Get/",
            "/a.b.C/Get/x",
            "/a.b.C/../d.E/Get",
            "/a.b.C/%47et",
            "/a.b.C/Get%2f",
            "/a.b.C/Get?x=1",
            "/a.b.C/Get?",
            "/a.b.C/Ge t",
            "/a.b.C/G\u{e9}t",
            "/a.b.C/Get;v=1",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
