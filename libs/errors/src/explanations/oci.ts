import type { ociFailure } from '../catalogue/oci';
import type { Explanations } from './explanation';

const digestJson = 'dist/images/api/digest.json';
const layer = 'sha256:ab12…';

export const ociExplanations: Explanations<typeof ociFailure> = {
  BLOB_CORRUPT: {
    means: 'The bytes of a blob do not match its digest. The damaged copy is never used.',
    causes: [
      'A program wrote into `dist/images` or `.prism/store`.',
      "A damaged disk, or a damaged entry of Nx's cache.",
    ],
    example: {
      what: 'dist/images/api/blobs/sha256/ab12 is altered.',
      why: 'it has 10 bytes instead of 2048',
    },
  },
  BLOB_MISSING: {
    means: 'A blob that digest.json names is neither in the output nor in the content store.',
    causes: [
      'The store was removed, and the blob belongs to a base whose output was not restored.',
      'A file below `dist/images` was removed.',
    ],
    example: { what: `${layer} is missing: dist/images/api/blobs/sha256/ab12.` },
  },
  DIGEST_JSON_MISSING: {
    means: 'The image is not built: its digest.json, which is written last, is missing.',
    causes: ['The target build-image did not run, or failed.', '`dist` was removed.'],
    example: { what: `${digestJson} is missing.`, at: { file: digestJson } },
  },
  DIGEST_JSON_INVALID: {
    means: 'digest.json does not have the form of ADR 1.',
    causes: ['The file was edited, or another program overwrote it.'],
    example: { what: `${digestJson} is not a digest.json.`, at: { file: digestJson } },
  },
  DIGEST_JSON_UNSUPPORTED: {
    means: 'digest.json has a `schemaVersion` that this version of Prism Build does not read.',
    causes: [
      'Another version of Prism Build wrote it, for example on a colleague’s machine with a shared cache.',
    ],
    example: { what: `${digestJson} has schemaVersion 2; this version reads 1.`, at: { file: digestJson } },
  },
  IMAGE_INCONSISTENT: {
    means: 'The parts of an image contradict each other, for example a configuration and its digest.json.',
    causes: ['Files of two builds were mixed by hand.', 'The configuration of a base cannot be read.'],
    example: { what: 'The manifest of linux/arm64 does not match digest.json.' },
  },
  LAYOUT_INVALID: {
    means: 'A directory is not a valid OCI image layout.',
    causes: [
      'Files of the layout were removed or altered.',
      'Another tool wrote a layout whose layers are not those that its manifest names.',
    ],
    example: { what: 'dist/layouts/api/index.json is missing.' },
  },
  LAYER_ENTRY_INVALID: {
    means: 'A layer would contain an entry that tar archives cannot have, or that engines do not unpack.',
    causes: [
      'A number that is out of range, such as a user in `--chown`.',
      'A path with a NUL, or an attribute with an illegal name.',
    ],
    example: { what: 'Layer entry app/data: uid 4294967295 is out of range.' },
  },
  LAYER_SOURCE_CHANGED: {
    means:
      'A file changed while it was read into a layer. The build fails instead of packing half of each version.',
    causes: ['An editor, a code generator or another target writes into the context.'],
    example: { what: 'apps/api/data.json changed while the image was built.' },
  },
  LAYER_UNREADABLE: {
    means: 'A layer has the right digest, but cannot be decompressed or is not a tar archive.',
    causes: [
      'The tool that made the base wrote it wrongly.',
      'The media type names a compression other than that of the layer.',
    ],
    example: { what: `The layer ${layer} cannot be read.`, why: 'Error: unexpected end of file' },
  },
  MEDIA_TYPE_UNSUPPORTED: {
    means: 'A base has a layer of a kind that cannot be read.',
    causes: [
      'An encrypted layer.',
      'A layer that registries do not distribute (a foreign layer of Windows).',
    ],
    example: {
      what: `The layer ${layer} has the media type application/vnd.example.layer, which is not supported.`,
    },
  },
  PLATFORM_DUPLICATE: {
    means: 'The image would contain one platform twice.',
    causes: ['`platforms` names it twice, perhaps in two ways: `linux/arm64` and `linux/arm64/v8`.'],
    example: { what: 'The platform linux/arm64 is given more than once.' },
  },
  IMAGE_INPUT_INVALID: {
    means: 'A caller of the library asked for an image that cannot exist. Your project is not the cause.',
    causes: ['An error in Prism Build, or in a program that uses `libs/oci`.'],
    example: { what: 'An image needs at least one platform.' },
  },
  STORE_NOT_WRITABLE: {
    means: 'This user may not write to a path of the store or of an output.',
    causes: ['An earlier run as root created it.', 'PRISM_DIR names a directory of another user.'],
    example: { what: 'No permission to use .prism/store/blobs/sha256/ab12.' },
  },
  FILE_FAILED: {
    means: 'The operating system refused to read or write a file. The cause shows its message.',
    causes: ['Too many open files.', 'A disk or a network file system with errors.'],
    example: { what: 'open failed on .prism/store/blobs/sha256/ab12.', why: 'EMFILE: too many open files' },
  },
  LOCK_BUSY: {
    means: 'Another process kept changing an output directory while the image was written to it.',
    causes: [
      'A program for cleaning or synchronising files works in `dist`.',
      'A build with another PRISM_DIR writes to the same `dist`.',
    ],
    example: { what: 'Another process keeps writing to dist/images/api.' },
  },
};
