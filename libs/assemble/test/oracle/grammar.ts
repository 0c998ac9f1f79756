// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Containerfiles.
import type { Random } from './random';

/** What an instruction may refer to. */
interface Names {
  /** Paths of the context. */
  readonly paths: readonly string[];
  /** The index of its stage: those below it can be copied from. */
  readonly stage: number;
  /** An image that can be copied from. */
  readonly image: string | undefined;
}

type Rule = (random: Random, names: Names) => string;

const destinations = [
  '/',
  '/x',
  '/x/',
  '/x/y',
  'r',
  'r/',
  './',
  '/a',
  '/a/b/',
  '/l/m',
  '/x/../z',
  '/b',
  '/é/',
];
const globs = ['*', '*.txt', '[ab]', '?', 'a*', '*/b', 'a/*', '[^a]', '*.md'];
const chowns = ['1:2', '7', '0:0', '65532:65532', ':5'];
const chmods = ['0644', '755', '0700', '4711'];
const words = [
  'one',
  '$A',
  '${A:-other}',
  '"two words"',
  "'$A'",
  '${B:+set}',
  'x\\ y',
  '$OUTER',
  '""',
  '$A$B',
];
const commands = ['["/a", "-b"]', 'run $A "x  y"', '[]', '["only"]'];
const workdirs = ['/w', 'v', '/w/v', '../u', '.', '$A', '/x', 'deep/er'];

/** A COPY or ADD is as likely as all the rest: files are what the layers are about. */
export const instruction: Rule = (random, names) =>
  (random.chance(55) ? copy : random.pick(settings))(random, names);

const copy: Rule = (random, names) => {
  const from = origin(random, names);
  const keyword = from === undefined && random.chance(25) ? 'ADD' : 'COPY';
  const flags = [
    ...(from === undefined ? [] : [`--from=${from}`]),
    ...(random.chance(20) ? [`--chown=${random.pick(chowns)}`] : []),
    ...(random.chance(20) ? [`--chmod=${random.pick(chmods)}`] : []),
  ];
  const count = random.chance(15) ? 2 : 1;
  const sources = Array.from({ length: count }, () =>
    from === undefined ? source(random, names) : inImage(random),
  );
  const written = [...sources, random.pick(destinations)];
  const json = written.some((path) => path.includes(' ')) || random.chance(10);
  return [keyword, ...flags, json ? JSON.stringify(written) : written.join(' ')].join(' ');
};

function origin(random: Random, { stage, image }: Names): string | undefined {
  if (image && random.chance(20)) return image;
  if (stage === 0 || !random.chance(30)) return undefined;
  const index = random.below(stage);
  return random.pick([`s${index}`, `${index}`]);
}

function source(random: Random, { paths }: Names): string {
  if (random.chance(15)) return random.pick(globs);
  if (random.chance(15)) return random.pick(['.', './', '/', '.', 'missing', '../a', '$A']);
  const path = random.pick(paths);
  const cut = random.chance(40) && path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : path;
  return random.chance(15) ? `${cut}/` : cut;
}

function inImage(random: Random): string {
  return random.pick(['/', '/', '/*', '/x', 'r', '/a', '/x/*', '/w', '/x/a']);
}

const settings: readonly Rule[] = [
  (random) => `ENV ${random.pick(['A', 'B', 'PATH'])}=${random.pick(words)} C=${random.pick(words)}`,
  (random) => `ENV ${random.pick(['A', 'B'])} ${random.pick(words)} and more`,
  (random) => `ARG ${random.pick(['A', 'B=b', 'A=a', 'OUTER', 'TARGETARCH'])}`,
  (random) => `LABEL ${random.pick(['k', '"k k"'])}=${random.pick(words)} l=${random.pick(words)}`,
  (random) => `WORKDIR ${random.pick(workdirs)}`,
  (random) => `USER ${random.pick(['5', '5:6', '0', '$A', '12:34'])}`,
  (random) => `EXPOSE ${random.pick(['80', '80/tcp 53/udp', '${A:-9}', '443'])}`,
  // The directory of a VOLUME that ends a stage is a listed difference of the written cases.
  (random) => `VOLUME ${random.pick(['/v', '["/v", "/x"]', '/v /u'])}\nLABEL after=volume`,
  (random) => `CMD ${random.pick(commands)}`,
  (random) => `ENTRYPOINT ${random.pick(commands)}`,
  (random) => `STOPSIGNAL ${random.pick(['SIGINT', '9'])}`,
  (random) => `HEALTHCHECK ${random.pick(['NONE', '--interval=5s CMD probe', '--retries=2 CMD ["p"]'])}`,
];
