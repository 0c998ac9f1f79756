use std::process::{Command, Output};

use crate::{plugin, proxy};

fn run(args: &[&str], environment: &[(&str, &str)]) -> Output {
    let environment = environment.iter().copied();
    Command::new(proxy::BINARY)
        .args(args)
        .env_clear()
        .envs(environment)
        .output()
        .unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What `--check-config` says of a wrong configuration, in a file of this folder.
pub fn check(folder: &std::path::Path, yaml: &str) -> String {
    let path = folder.join("c.yaml");
    std::fs::write(&path, yaml).unwrap();
    let checked = run(&["--check-config", "--config", path.to_str().unwrap()], &[]);
    assert_eq!(checked.status.code(), Some(2));
    stderr(&checked)
}

#[test]
fn version_and_mistakes() {
    let version = run(&["--version"], &[]);
    assert!(version.status.success());
    assert!(version.stdout.starts_with(b"prism-proxy "));
    assert_eq!(run(&["sevre"], &[]).status.code(), Some(2));
    let unset = run(&[], &[]);
    assert_eq!(unset.status.code(), Some(2));
    assert!(stderr(&unset).contains("PRISM_CONFIG"));
}

#[test]
fn check_config_tells_every_violation() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.yaml");
    std::fs::write(&path, "namespaces:\n- {name: a, endpoint: x}\n").unwrap();
    let path = path.to_str().unwrap();
    for args in [
        &["--check-config", "--config", path][..],
        &["--config", path],
    ] {
        let checked = run(args, &[("PRISM_LISTEN", "x")]);
        assert_eq!(checked.status.code(), Some(2));
        for part in [
            &format!("{path}:2: namespace has no `backend`"),
            "endpoint `x`",
            "PRISM_LISTEN",
        ] {
            assert!(
                stderr(&checked).contains(part),
                "{part}: {}",
                stderr(&checked)
            );
        }
    }
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/config.example.yaml");
    assert!(
        run(&["--check-config"], &[("PRISM_CONFIG", example)])
            .status
            .success()
    );
}

#[tokio::test]
async fn health_asks_the_running_proxy() {
    let plugin = plugin::anywhere().await;
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/config.example.yaml");
    let running = proxy::start(&[("one", plugin.address, "")]);
    let admin = running.admin.to_string();
    let ask = || {
        run(
            &["health", "--config", example],
            &[("PRISM_ADMIN_LISTEN", &admin)],
        )
    };
    assert_eq!(ask().status.code(), Some(0));
    drop(running);
    assert_eq!(ask().status.code(), Some(1));
}

#[tokio::test]
async fn a_port_that_is_taken_is_one_clear_line() {
    let plugin = plugin::anywhere().await;
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/config.example.yaml");
    let taken = plugin.address.to_string();
    for (listen, admin) in [(&*taken, "127.0.0.1:0"), ("127.0.0.1:0", &*taken)] {
        let environment = [("PRISM_LISTEN", listen), ("PRISM_ADMIN_LISTEN", admin)];
        let output = run(&["--config", example], &environment);
        assert_eq!(output.status.code(), Some(1));
        let log = String::from_utf8_lossy(&output.stdout);
        let error = log.lines().last().unwrap();
        assert!(
            error.contains("cannot serve") && error.contains(&taken),
            "{log}"
        );
    }
}

#[test]
fn two_namespaces_on_one_endpoint_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let rows =
        "- {name: a, backend: m, endpoint: 'c:1'}\n- {name: b, backend: m, endpoint: 'c:1'}\n";
    let said = check(folder.path(), &format!("namespaces:\n{rows}"));
    assert!(said.contains("would share their keys"), "{said}");
}
