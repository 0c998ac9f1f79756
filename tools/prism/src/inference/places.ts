import { posix } from 'node:path';
import { type Failure, imageFailure } from '@prism-build/errors';

/** A Containerfile and its project. */
export interface ComponentPlace {
  /** Workspace-relative, as everything here. */
  readonly file: string;
  /** The directory of the file, of its locks and of rootfs.json. */
  readonly directory: string;
  /** `worker` for worker.Containerfile and Containerfile.worker; undefined for a plain Containerfile. */
  readonly label: string | undefined;
  /** Nx allows one project for each root. The root of a labelled file is `<directory>/<label>`, which need not exist. */
  readonly root: string;
}

const containerfileGlob =
  '**/{Containerfile,Dockerfile,Containerfile.*,Dockerfile.*,*.Containerfile,*.Dockerfile,*.containerfile,*.dockerfile}';

/** Files with outputs of targets or contexts of Containerfiles, and stacks. Nx does not support nested braces. */
const others =
  'project.json,package.json,compose.yml,compose.yaml,compose.*.yml,compose.*.yaml,docker-compose.yml,docker-compose.yaml,docker-compose.*.yml,docker-compose.*.yaml,docker-bake.hcl,docker-bake.json,docker-bake.*.hcl,docker-bake.*.json,stack.yaml';

/** The pattern of all files that inference reads. */
export const inferenceGlob = containerfileGlob.replace('{', `{${others},`);

/** In order of precedence: Podman prefers the Containerfile where a directory has both. */
const forms = [
  /^Containerfile$/,
  /^Dockerfile$/,
  /^([^.].*)\.containerfile$/i,
  /^Containerfile\.([^.].*)$/,
  /^([^.].*)\.dockerfile$/i,
  /^Dockerfile\.([^.].*)$/,
];

/** Suffixes of files that are not Containerfiles: ignore files, templates, notes, backups. */
const foreign =
  /(^|\.)(containerignore|dockerignore|j2|jinja2?|tmpl|tpl|template|erb|in|md|txt|json|ya?ml|bak|orig|rej|swp|lock)$|~$/i;

/**
 * The components of a workspace, one for each root. Skips a file that another one overrides (`Dockerfile` beside
 * `Containerfile`). Refuses a file whose root belongs to another component.
 */
export function placeComponents(files: readonly string[]): {
  readonly places: readonly ComponentPlace[];
  readonly failures: readonly Failure[];
} {
  const ranked = files.flatMap((file) => {
    const name = file.slice(file.lastIndexOf('/') + 1);
    const rank = rankOf(name);
    return rank < 0 ? [] : [{ rank, place: placeOf(file, forms[rank]!.exec(name)![1]) }];
  });
  const found = new Map<string, ComponentPlace>();
  const failures: Failure[] = [];
  for (const { place } of ranked.sort((a, b) => a.rank - b.rank)) {
    const other = found.get(place.root);
    if (!other) found.set(place.root, place);
    else if (other.label !== place.label) failures.push(refuse(place, other));
  }
  return { places: [...found.values()], failures };
}

/** Fast path: nearly all files have these names, and every nx command checks them. */
function rankOf(name: string): number {
  if (name === 'Containerfile') return 0;
  return foreign.test(name) ? -1 : forms.findIndex((form) => form.test(name));
}

function placeOf(file: string, label: string | undefined): ComponentPlace {
  const directory = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '.';
  return { file, directory, label, root: label === undefined ? directory : posix.join(directory, label) };
}

function refuse({ file, root }: ComponentPlace, other: ComponentPlace): Failure {
  const what = `its project would lie in ${root}, which is that of ${other.file}`;
  return imageFailure('COMPONENT_PLACE_TAKEN', { what, at: { file } });
}
