use super::*;

#[derive(Debug, PartialEq, Eq)]
struct Own {
    path: String,
    interval: Duration,
}

impl FromSettings for Own {
    fn from_settings(settings: &mut Settings<'_>) -> Self {
        let most = Duration::from_secs(24 * 3600);
        let range = Duration::from_millis(10)..=most;
        Self {
            path: settings.text("PRISM_PATH", "/data/a.db", "file of the database"),
            interval: settings.duration("PRISM_INTERVAL", "1m", "how often", range),
        }
    }
}

fn loaded<C: FromSettings>(
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> Result<(Common, C), Vec<String>> {
    let arguments: Vec<String> = arguments.iter().map(|&one| one.to_owned()).collect();
    load(&arguments, &|name| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| (*value).to_owned())
    })
}

fn named<T>(loaded: Result<T, Vec<String>>) -> Vec<String> {
    let wrong = loaded.err().unwrap_or_default();
    let names = wrong.iter().filter_map(|one| one.split(": ").next());
    names.map(str::to_owned).collect()
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_default() {
    let variables = [
        ("PRISM_LISTEN", "127.0.0.1:1"),
        ("PRISM_CALL_TIMEOUT", ""),
        ("PRISM_DRAIN_TIMEOUT", "500ms"),
    ];
    let settings = loaded(
        &["--listen=127.0.0.1:2", "--log-level", "debug"],
        &variables,
    );
    assert_eq!(
        settings,
        Ok((
            Common {
                listen: SocketAddr::from(([127, 0, 0, 1], 2)),
                control_listen: SocketAddr::from(([127, 0, 0, 1], 0)),
                metrics_listen: SocketAddr::from(([127, 0, 0, 1], 0)),
                level: Level::DEBUG,
                drain_timeout: Duration::from_millis(500),
                health_interval: Duration::from_secs(1),
                call_timeout: Duration::from_secs(10),
            },
            ()
        ))
    );
}

#[test]
fn every_violation_is_said() {
    let variables = [
        ("PRISM_LISTEN", "nowhere"),
        ("PRISM_CONTROL_LISTEN", "x"),
        ("PRISM_METRICS_LISTEN", "x"),
        ("PRISM_HEALTH_INTERVAL", "1ms"),
    ];
    let wrong = loaded::<()>(&["x", "--color=red", "--call-timeout"], &variables);
    let expected = [
        "x",
        "--color",
        "--call-timeout",
        "PRISM_LISTEN",
        "PRISM_CONTROL_LISTEN",
        "PRISM_METRICS_LISTEN",
        "PRISM_HEALTH_INTERVAL",
    ];
    assert_eq!(named(wrong), expected);
}

#[test]
fn a_plugin_has_settings_of_its_own() {
    let own = loaded(&["--interval=24h"], &[("PRISM_PATH", "/b")]).map(|(_, own)| own);
    let expected = Own {
        path: "/b".to_owned(),
        interval: Duration::from_secs(24 * 3600),
    };
    assert_eq!(own, Ok(expected));
    let wrong = loaded::<Own>(&["--path=", "--interval=25h"], &[("PRISM_LISTEN", "x")]);
    assert_eq!(named(wrong), ["PRISM_LISTEN", "--path", "--interval"]);
    assert_eq!(named(loaded::<()>(&["--path=/b"], &[])), ["--path"]);
    let described = "  PRISM_PATH, --path (default /data/a.db)\n      file of the database\n";
    assert!(usage::<Own>().contains(described));
    assert!(!usage::<()>().contains("--path"));
}

#[derive(Debug, PartialEq, Eq)]
struct Secret(String);

impl FromSettings for Secret {
    fn from_settings(settings: &mut Settings<'_>) -> Self {
        Self(settings.secret("DATABASE_URL", "where the database is"))
    }
}

#[test]
fn a_secret_is_in_its_variable_or_a_file_and_never_a_flag() -> std::io::Result<()> {
    let path = std::env::temp_dir().join(format!("prism-secret-{}", std::process::id()));
    std::fs::write(&path, "hidden\r\n")?;
    let path_text = path.to_string_lossy().into_owned();
    let secret = |variables: &[(&str, &str)]| loaded::<Secret>(&[], variables);
    let own = |read: Result<(Common, Secret), _>| read.map(|(_, Secret(text))| text);
    let given = ("DATABASE_URL", "given");
    let file = ("DATABASE_URL_FILE", path_text.as_str());
    assert_eq!(own(secret(&[given])), Ok("given".into()));
    assert_eq!(own(secret(&[file])), Ok("hidden".into()));
    assert_eq!(named(secret(&[given, file])), ["DATABASE_URL_FILE"]);
    assert_eq!(named(secret(&[])), ["DATABASE_URL"]);
    std::fs::remove_file(path)?;
    assert_eq!(named(secret(&[file])), ["DATABASE_URL_FILE"]);
    let flag = loaded::<Secret>(&["--database-url=x"], &[given]);
    assert_eq!(named(flag), ["--database-url"]);
    let described =
        "  DATABASE_URL or DATABASE_URL_FILE, a file with it\n      where the database is\n";
    assert!(usage::<Secret>().contains(described));
    Ok(())
}
