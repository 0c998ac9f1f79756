import { compileFailure, type Failure } from '@prism-build/errors';
import { below, joinInside, upwards } from '../closure';
import type { CheckedSources, CheckRequest } from '../language';
import { lineOfKey } from '../toml';
import { checkStagePaths } from './checkStagePaths';
import { readConfigurations } from './configuration';
import { parseManifest } from './manifest';
import { refuseConfiguration, refuseEnvironment } from './settings';
import { isOlder, readChannel, satisfiesChannel } from './toolchainFile';

/**
 * SETTING_NOT_HONOURED for every setting of the stage and of cargo's configuration that would not take effect.
 * TOOLCHAIN_DIFFERS if the sources require another compiler than the pinned one.
 */
export function checkRust(request: CheckRequest, sources: CheckedSources): readonly Failure[] {
  const text = (path: string) => sources.facts(path, 'text', (content) => content);
  return [
    ...checkEnvironment(request),
    ...checkConfigurations(request, sources, text),
    ...checkStagePaths(request, sources),
    ...checkToolchain(request, sources, text),
  ];
}

type Text = (path: string) => string | undefined;

function checkEnvironment({ targets, environment, pin, at }: CheckRequest): Failure[] {
  const refused = targets.flatMap((target) => refuseEnvironment(environment(target), targets));
  const once = new Map(refused.map((one) => [JSON.stringify(one), one]));
  const failures = [...once.values()].map(({ key, why }) =>
    compileFailure('SETTING_NOT_HONOURED', {
      what: `the variable ${key[0]} of the stage does not take effect`,
      why,
      at,
    }),
  );
  const channel = targets.map((target) => environment(target).RUSTUP_TOOLCHAIN).find(Boolean);
  if (channel === undefined || satisfiesChannel(channel, pin.version)) return failures;
  return [...failures, differs(`RUSTUP_TOOLCHAIN asks for Rust ${channel}`, channel, pin.version, at)];
}

function checkConfigurations(
  { targets, working, environment }: CheckRequest,
  { placeOf }: CheckedSources,
  text: Text,
): Failure[] {
  const home = targets.map((target) => environment(target).CARGO_HOME).find(Boolean);
  const ofHome = home === undefined ? undefined : joinInside(working, home.startsWith('/') ? '.' : home);
  const inHome = home?.startsWith('/') ? home.slice(1) : ofHome;
  const lost = ['config', 'config.toml']
    .flatMap((name) => (inHome === undefined ? [] : [below(inHome, name)]))
    .filter((path) => text(path) !== undefined)
    .map((path) =>
      compileFailure('SETTING_NOT_HONOURED', {
        what: 'the configuration in CARGO_HOME does not take effect',
        remedy: 'Move it to .cargo/config.toml beside Cargo.toml.',
        at: { file: placeOf(path) },
      }),
    );
  const refused = readConfigurations(working, text).flatMap(({ path, table }) =>
    refuseConfiguration(table, targets).map(({ key, why }) =>
      compileFailure('SETTING_NOT_HONOURED', {
        what: `the setting ${key.join('.')} does not take effect`,
        why,
        at: { file: placeOf(path), line: lineOfKey(text(path) ?? '', key) },
      }),
    ),
  );
  return [...lost, ...refused];
}

function checkToolchain({ working, pin }: CheckRequest, { placeOf }: CheckedSources, text: Text): Failure[] {
  const paths = upwards(working).flatMap((directory) => {
    const found = ['rust-toolchain', 'rust-toolchain.toml'].map((name) => below(directory, name));
    return found.filter((path) => text(path) !== undefined);
  });
  const [nearest] = paths;
  const content = nearest === undefined ? undefined : text(nearest);
  const channel = content === undefined ? undefined : readChannel(content);
  const line = lineOfKey(content ?? '', ['toolchain', 'channel']);
  const asked =
    nearest === undefined || channel === undefined || satisfiesChannel(channel, pin.version)
      ? []
      : [
          differs(`this file asks for Rust ${channel}`, channel, pin.version, {
            file: placeOf(nearest),
            line,
          }),
        ];
  const manifests = upwards(working).flatMap((directory) => {
    const path = below(directory, 'Cargo.toml');
    const manifest = text(path);
    const parsed = parseManifest(manifest ?? '');
    const stated = [
      { key: ['package', 'rust-version'], value: parsed?.rustVersion },
      { key: ['workspace', 'package', 'rust-version'], value: parsed?.shared.rustVersion },
    ];
    return stated.flatMap(({ key, value }) => {
      if (value === undefined || !isOlder(pin.version, value)) return [];
      const at = { file: placeOf(path), line: lineOfKey(manifest ?? '', key) };
      return [differs(`this package needs Rust ${value} or newer`, value, pin.version, at)];
    });
  });
  return [...asked, ...manifests];
}

function differs(what: string, wanted: string, version: string, at: Failure['at']): Failure {
  return compileFailure('TOOLCHAIN_DIFFERS', {
    what: `${what}, and the builder is pinned to ${version}`,
    remedy: `Ask for ${version} here, or pin another compiler: containerfiles/rust-builder/pin.json, or FROM rust:<version> (asked for: ${wanted}).`,
    ...(at && { at }),
  });
}
