import * as z from 'zod';

const platforms = z
  .union([z.array(z.string()), z.string().transform((text) => text.split(','))], {
    error: 'expected platforms, as a list or as a text with commas',
  })
  .default(['linux/amd64', 'linux/arm64'])
  .describe(
    'Platforms to build, os/architecture[/variant], separated by commas; linux/amd64,linux/arm64 if left out.',
  );

/** Options of the `build` executor. schema/build.json is generated from them. */
export const buildOptions = z.object({
  step: z
    .enum(['compile', 'image', 'rootfs'])
    .default('image')
    .describe(
      'The step of the build: run the compile stage, assemble the image, or write its rootfs as directories.',
    ),
  containerfile: z.string().describe('The Containerfile, relative to the workspace.'),
  context: z
    .string()
    .default('.')
    .describe('The build context, relative to the workspace; what `podman build -f <file> <context>` means.'),
  platforms,
  stage: z
    .string()
    .optional()
    .describe('The stage to build (Nx keeps --target for itself); the last one if left out.'),
  variant: z
    .string()
    .optional()
    .describe('The variant that this image is; it lies in a folder of that name beside the default image.'),
  variants: z
    .union([z.boolean(), z.array(z.string()), z.record(z.string(), z.string())], {
      error: 'expected false, a list of stages or a table from names to stages',
    })
    .optional()
    .describe(
      'Variants of the image, stages by name: false for none, a list or a table; if left out, the stages debug and regular that the image is not made of.',
    ),
  buildArgs: z
    .record(
      z.string(),
      z.union([z.string(), z.strictObject({ env: z.string().min(1) })], {
        error: 'expected a text, or {"env": "<name of a variable>"}',
      }),
    )
    .default({})
    .describe('Values of the ARG instructions, by name: a text, or an environment variable that has it.'),
  from: z
    .record(z.string(), z.string(), { error: 'expected a table from paths to targets' })
    .default({})
    .describe(
      'Targets that make COPY sources, by path: {"dist/apps/api": "api:build"}. Needed only where their outputs do not name the path.',
    ),
  bases: z
    .record(z.string(), z.string())
    .default({})
    .describe('The components behind image names of the Containerfile, by name; inferred.'),
  definition: z
    .string()
    .optional()
    .describe('A digest of the ignore file, locks and pins, for the key; inferred.'),
  unhashed: z
    .array(z.string())
    .default([])
    .describe(
      'What is read and Nx does not hash, for the key: executable files (x*), links (x -> y), empty directories (x/), files of node_modules; inferred.',
    ),
  rehashed: z
    .array(z.string())
    .default([])
    .describe(
      'Files that Nx takes for unchanged by their modification times, with digests of their contents, for the key; inferred.',
    ),
  alsoReads: z
    .array(z.string(), { error: 'expected a list of paths' })
    .default([])
    .describe(
      'Paths of the context that the compile stage reads beyond what its sources show, for the key and for the tree that the compiler sees; `.` is all that COPY takes.',
    ),
  compression: z
    .enum(['zstd', 'gzip', 'none'])
    .default('zstd')
    .describe('How layers are compressed. All three give the same bytes on every machine.'),
  engine: z
    .enum(['auto', 'podman', 'docker'])
    .default('auto')
    .describe(
      'Who runs commands: the host where it has the pinned toolchain, else podman, else docker (auto), or the one that is named.',
    ),
  secrets: z
    .record(
      z.string(),
      z.union([z.strictObject({ file: z.string() }), z.strictObject({ env: z.string() })], {
        error: 'expected {"file": "<path>"} or {"env": "<name of a variable>"}',
      }),
    )
    .default({})
    .describe('Where the secrets of RUN --mount=type=secret are, by id: a file or an environment variable.'),
  dryRun: z.boolean().default(false).describe('Print the plan as JSON and do nothing.'),
});

export type BuildOptions = z.infer<typeof buildOptions>;
