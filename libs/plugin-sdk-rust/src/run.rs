//! The commands of a plugin, as exit codes.

use std::{error::Error, process::ExitCode};

use tokio::runtime::Builder;

use crate::{
    logging,
    plugin::Plugin,
    probe, serve,
    settings::{self, Common, FromSettings},
    store::Store,
};

/// The configuration is wrong.
const INVALID: u8 = 2;

/// Runs a plugin until SIGTERM, SIGINT or `Lifecycle.Stop`; `health`, `--version` and `--help` do
/// what they say. `open` does not wait for the backend: [`Store::ping`] tells
/// when that can serve.
pub fn run<C: FromSettings, S: Store>(
    plugin: Plugin,
    open: impl AsyncFnOnce(C) -> Result<S, Box<dyn Error>>,
) -> ExitCode {
    let arguments: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let Plugin { name, version } = plugin;
    match arguments.first().map(String::as_str) {
        Some("--version" | "version") => {
            println!("plugin-{name} {version}");
            ExitCode::SUCCESS
        }
        Some("--help" | "help" | "-h") => {
            print!("{}", help::<C>(name));
            ExitCode::SUCCESS
        }
        // It needs no setting of the plugin.
        Some("health") => with_settings(name, &arguments[1..], |settings, ()| {
            health(name, &settings)
        }),
        _ => with_settings(name, &arguments, |settings, own| {
            logging::start(settings.level);
            let served = runtime().and_then(|runtime| {
                runtime.block_on(serve::serve(settings, plugin, async || open(own).await))
            });
            if let Err(error) = served {
                tracing::error!(%error, "the plugin failed");
                return ExitCode::FAILURE;
            }
            ExitCode::SUCCESS
        }),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Box<dyn Error>> {
    Ok(Builder::new_multi_thread().enable_all().build()?)
}

fn with_settings<C: FromSettings>(
    name: &str,
    arguments: &[String],
    work: impl FnOnce(Common, C) -> ExitCode,
) -> ExitCode {
    match settings::load(arguments, &|variable| std::env::var(variable).ok()) {
        Ok((settings, own)) => work(settings, own),
        Err(wrong) => {
            let lines = wrong.join("\n");
            eprintln!("plugin-{name}: the configuration is wrong:\n{lines}");
            eprintln!("plugin-{name} --help lists every setting.");
            ExitCode::from(INVALID)
        }
    }
}

/// The container's health check.
fn health(name: &str, settings: &Common) -> ExitCode {
    let asked = runtime()
        .map_err(|error| error.to_string())
        .and_then(|runtime| runtime.block_on(probe::probe(settings.listen)));
    match asked {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("plugin-{name} is not healthy at {}: {why}", settings.listen);
            ExitCode::FAILURE
        }
    }
}

fn help<C: FromSettings>(name: &str) -> String {
    format!(
        "usage: plugin-{name} [flags]     serve until SIGTERM
       plugin-{name} health      exit 0 if the plugin on this machine serves, else 1
       plugin-{name} --version

{}",
        settings::usage::<C>()
    )
}
