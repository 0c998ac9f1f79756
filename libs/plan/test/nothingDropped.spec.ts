import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  instructionFlags,
  type MountType,
  mountOptions,
  mountTypes,
  parseContainerfile,
} from '@prism-build/containerfile';
import type { Result } from '@prism-build/errors';
import { planImage, resolveReads } from '../src/index';

const platform = { os: 'linux', architecture: 'amd64' };

/** A plan without the instructions' texts, which only history shows; or the codes of its failures. */
function planOf(line: string): string {
  const containerfile = parseContainerfile(`FROM scratch AS one\nFROM scratch\n${line}\n`, 'Containerfile');
  if (!containerfile.ok) return codes(containerfile);
  const request = {
    ...{ containerfile: containerfile.value, context: '.', platforms: [platform], buildPlatform: platform },
    ...{ buildArgs: {}, compression: 'none' as const },
  };
  const plan = planImage(resolveReads(request), request);
  if (!plan.ok) return codes(plan);
  return JSON.stringify(plan.value, (name, value) => (name === 'text' ? '' : value));
}

const codes = (result: Result<unknown>): string =>
  `refused: ${result.ok ? '' : result.failures.map(({ code }) => code).join()}`;

/** Of each instruction that has flags: without a flag, and where the flag stands. */
const instructions: Readonly<Record<string, string>> = {
  FROM: 'FROM % scratch',
  COPY: 'COPY % a /b',
  ADD: 'ADD % a /b',
  RUN: 'RUN % true',
  HEALTHCHECK: 'HEALTHCHECK % CMD true',
};

/** A value of each flag that is not its default, and whether it is refused. */
const flags: Readonly<
  Record<string, Readonly<Record<string, readonly [value: string, refused?: 'refused']>>>
> = {
  FROM: { platform: ['linux/arm64', 'refused'] },
  COPY: {
    ...{ chown: ['1:2'], chmod: ['u+x'], link: ['true'], exclude: ['x'], from: ['one'], parents: ['true'] },
  },
  ADD: {
    ...{ chown: ['1:2'], chmod: ['u+x'], link: ['true'], exclude: ['x'], unpack: ['false'] },
    ...{ checksum: ['sha256:0', 'refused'], 'keep-git-dir': ['true', 'refused'] },
  },
  RUN: {
    ...{ mount: ['type=tmpfs,target=/x'], network: ['none'] },
    ...{ security: ['insecure', 'refused'], device: ['vendor.com/gpu=all', 'refused'] },
  },
  HEALTHCHECK: {
    ...{
      interval: ['1s'],
      timeout: ['1s'],
      'start-period': ['1s'],
      'start-interval': ['1s'],
      retries: ['2'],
    },
  },
};

const listed = Object.entries(instructionFlags).flatMap(([keyword, known]) =>
  Object.keys(known).map((flag) => [keyword, flag] as const),
);

test.each(listed)('%s --%s changes the plan or is refused', (keyword, flag) => {
  const [value, refused] = flags[keyword]?.[flag] ?? [];
  expect(value).toBeDefined();
  const form = instructions[keyword]!;
  const without = planOf(form.replace('% ', ''));
  const withFlag = planOf(form.replace('%', `--${flag}=${value}`));
  expect(without).not.toMatch(/^refused/);
  expect(withFlag.startsWith('refused')).toBe(refused === 'refused');
  expect(withFlag).not.toBe(without);
});

/** What a mount of a type needs, and a value of each option with whether it is refused. */
const mounts: Readonly<
  Record<MountType, { base: string; options: Readonly<Record<string, readonly [string, string?]>> }>
> = {
  bind: {
    base: 'source=a,target=/x',
    options: {
      source: ['b'],
      target: ['/y'],
      from: ['one'],
      readonly: ['false'],
      z: ['true', 'nothing'],
      relabel: ['shared', 'nothing'],
    },
  },
  cache: {
    base: 'target=/x',
    options: {
      ...{ target: ['/y'], id: ['y'], sharing: ['locked'], mode: ['0700'], uid: ['1'], gid: ['1'] },
      ...{ from: ['one', 'refused'], source: ['b', 'refused'], readonly: ['true', 'refused'] },
      ...{ z: ['true', 'nothing'], relabel: ['shared', 'nothing'] },
    },
  },
  tmpfs: { base: 'target=/x', options: { target: ['/y'], size: ['1m'], readonly: ['true', 'refused'] } },
  secret: {
    base: 'id=x',
    options: {
      ...{ id: ['y'], target: ['/y'], required: ['true'], mode: ['0444'], uid: ['1'], gid: ['1'] },
      ...{ env: ['X', 'refused'], readonly: ['false', 'refused'] },
    },
  },
  ssh: { base: '', options: {} },
};

const options = mountTypes
  .filter((type) => type !== 'ssh')
  .flatMap((type) =>
    Object.keys(mountOptions[type])
      .filter((name) => name !== 'type')
      .map((name) => [type, name] as const),
  );

test.each(options)('the option of a mount, type=%s,%s, changes the plan or is refused', (type, name) => {
  const { base, options: known } = mounts[type];
  const [value, outcome] = known[name] ?? [];
  expect(value).toBeDefined();
  const without = planOf(`RUN --mount=type=${type},${base} true`);
  const withOption = planOf(`RUN --mount=type=${type},${base},${name}=${value} true`);
  expect(without).not.toMatch(/^refused/);
  expect(withOption.startsWith('refused')).toBe(outcome === 'refused');
  if (outcome === 'nothing') expect(withOption).toBe(without);
  else expect(withOption).not.toBe(without);
});

test('a mount of the type ssh is refused as a whole', () => {
  expect(planOf('RUN --mount=type=ssh true')).toBe('refused: RUN_NOT_SUPPORTED');
});

/** Instructions without flags: each changes the plan, or is refused. */
test.each([
  'ARG A=b\nRUN true',
  'ENV A=b',
  'LABEL a=b',
  'WORKDIR /a',
  'USER a',
  'EXPOSE 80',
  'VOLUME /a',
  'ENTRYPOINT ["a"]',
  'CMD ["a"]',
  'STOPSIGNAL KILL',
  'SHELL ["/bin/x"]',
  'ONBUILD USER a',
  'MAINTAINER a',
  '# syntax=other/language',
])('%s is in the plan or refused', (line) => {
  const nothing = JSON.parse(planOf('CMD ["x"]')).platforms[0].settings;
  const plan = line.startsWith('#') ? codes(parseContainerfile(`${line}\nFROM scratch`, 'C')) : planOf(line);
  if (plan.startsWith('refused')) return expect(plan).toMatch(/ONBUILD_NOT_SUPPORTED|BAD_DIRECTIVE/);
  const { settings, stages } = JSON.parse(plan).platforms[0];
  const steps = stages[0].steps.filter((step: { op: string }) => step.op !== 'config');
  expect({ settings, steps }).not.toEqual({ settings: { ...nothing, cmd: undefined }, steps: [] });
});

test('the manual lists every flag and every option', () => {
  const manual = readFileSync(join(__dirname, '../../../docs/containerfiles.md'), 'utf8');
  const named = [...listed.map(([, flag]) => `--${flag}`), ...options.map(([, name]) => `\`${name}`)];
  expect(named.filter((name) => !manual.includes(name))).toEqual([]);
});
