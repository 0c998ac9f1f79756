import * as z from 'zod';

/** Identifies what the fields of our provenance mean: docs/signing.md defines it. */
const buildType = 'urn:prism-build:image:v1';

const digests = z.record(z.string(), z.string());
const dependency = z.looseObject({
  uri: z.string().optional(),
  name: z.string().optional(),
  digest: digests.optional(),
});

/** SLSA provenance v1 (https://slsa.dev/spec/v1.0/provenance) as far as a verification reads it. */
const provenance = z.looseObject({
  buildDefinition: z.looseObject({
    buildType: z.string(),
    externalParameters: z.record(z.string(), z.unknown()),
    internalParameters: z
      .looseObject({ reproducible: z.boolean().optional(), clean: z.boolean().optional() })
      .optional(),
    resolvedDependencies: z.array(dependency).optional(),
  }),
  runDetails: z.looseObject({
    builder: z.looseObject({ id: z.string() }),
    metadata: z
      .looseObject({ startedOn: z.string().optional(), finishedOn: z.string().optional() })
      .optional(),
  }),
});

export type Provenance = z.infer<typeof provenance>;

/** Undefined if a predicate is no SLSA provenance v1. */
export function parseProvenance(predicate: unknown): Provenance | undefined {
  return provenance.safeParse(predicate).data;
}

/** Where the sources of a build were. */
export interface SourceFacts {
  /** `git+https://…`; undefined for a repository without a remote. */
  readonly uri: string | undefined;
  readonly commit: string;
  /** The git tree of the commit. */
  readonly tree: string;
  /** The workspace's directory in the repository; empty for its root. */
  readonly directory: string;
  /** Whether the work tree equalled the commit. */
  readonly clean: boolean;
}

/** Everything that provenance says about an image. */
export interface ProvenanceFacts {
  readonly project: string;
  readonly variant: string | undefined;
  readonly containerfile: string;
  readonly platforms: readonly string[];
  /** Undefined outside of git. */
  readonly source: SourceFacts | undefined;
  /** Images that were bases. */
  readonly bases: readonly { readonly name: string; readonly digest: string }[];
  /** Locks and pins that name what was fetched, by path in the workspace. */
  readonly files: readonly { readonly path: string; readonly digest: string }[];
  /** Whether an engine executed RUN commands, for the image or for one that it is made of. */
  readonly runs: boolean;
  /** A URI: who is responsible for the build. */
  readonly builder: string;
  /** The digest of the builder's code. */
  readonly tool: string;
  /** The run of a CI service. */
  readonly run: string | undefined;
}

/**
 * The predicate of SLSA provenance v1. It has no times: a cached image was built at another time than it is pushed, and without
 * them the same build gives the same bytes.
 */
export function makeProvenance(facts: ProvenanceFacts): Provenance {
  const { project, variant, containerfile, platforms, source, bases, files, builder, tool, run, runs } =
    facts;
  const clean = source?.clean === true;
  return {
    buildDefinition: {
      buildType,
      externalParameters: {
        ...{ project, containerfile, platforms: [...platforms] },
        ...(variant !== undefined && { variant }),
        ...(source && { source: { ...(source.uri && { uri: source.uri }), directory: source.directory } }),
      },
      internalParameters: { reproducible: clean && !runs, clean, tool },
      resolvedDependencies: [
        ...(source ? [describeSource(source)] : []),
        ...bases.map(({ name, digest }) => ({ uri: `docker://${name}`, digest: splitDigest(digest) })),
        ...files.map(({ path, digest }) => ({ name: path, digest: splitDigest(digest) })),
      ],
    },
    runDetails: { builder: { id: builder }, ...(run !== undefined && { metadata: { invocationId: run } }) },
  };
}

function describeSource({ uri, commit, tree }: SourceFacts) {
  return { name: 'source', ...(uri && { uri }), digest: { gitCommit: commit, gitTree: tree } };
}

function splitDigest(digest: string): Record<string, string> {
  const colon = digest.indexOf(':');
  return { [digest.slice(0, colon)]: digest.slice(colon + 1) };
}

/** The dependency that has the sources of an image; undefined if provenance names none. */
export function sourceOf({ buildDefinition }: Provenance) {
  return buildDefinition.resolvedDependencies?.find(({ digest }) => digest?.gitCommit !== undefined);
}

/** Whether the image was built from the commit that provenance names, without further changes. */
export function isClean({ buildDefinition }: Provenance): boolean {
  return buildDefinition.internalParameters?.clean === true;
}

/** Whether that commit gives the same image in every build: no engine executed RUN commands. */
export function isReproducible({ buildDefinition }: Provenance): boolean {
  return buildDefinition.internalParameters?.reproducible === true;
}

/**
 * Whether provenance that is attached already makes another one needless: it comes from the same builder and repository, and from a
 * commit without changes. Later commits that give the same digest add nothing.
 */
export function coversProvenance(there: unknown, wanted: Provenance): boolean {
  const found = parseProvenance(there);
  if (found?.buildDefinition.buildType !== buildType) return false;
  return (
    found.runDetails.builder.id === wanted.runDetails.builder.id &&
    sourceOf(found)?.uri === sourceOf(wanted)?.uri &&
    (isClean(found) || !isClean(wanted))
  );
}

/** The URI of a git remote: `git+https://host/path`, `git+ssh://git@host/path`. A password in it is left out. */
export function sourceUri(remote: string): string | undefined {
  const text = remote.trim();
  if (text === '') return undefined;
  const scp = /^(?:([\w.-]+)@)?([\w.-]+):(?!\/\/)(.+)$/.exec(text);
  if (scp && !/^[a-z]:[\\/]/i.test(text)) {
    const [, user, host = '', path = ''] = scp;
    return `git+ssh://${user === undefined ? '' : `${user}@`}${host}/${path.replace(/^\/+/, '')}`;
  }
  if (!URL.canParse(text)) return `git+file://${text}`;
  const url = new URL(text);
  url.password = '';
  if (url.protocol !== 'ssh:') url.username = '';
  return `git+${url.href}`;
}
