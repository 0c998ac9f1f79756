import { posix } from 'node:path';
import { type Failure, imageFailure } from '@prism-build/errors';

/** A Containerfile, and the project that it makes. */
export interface ComponentPlace {
  /** Workspace-relative, as everything here. */
  readonly file: string;
  /** Where the file lies; locks and a rootfs.json lie there too. */
  readonly directory: string;
  /** `worker` of worker.Containerfile and Containerfile.worker; undefined: the file speaks for its directory. */
  readonly label: string | undefined;
  /** Nx allows one project a root: that of a labelled file is `<directory>/<label>`, whether that exists or not. */
  readonly root: string;
}

export const containerfileGlob =
  '**/{Containerfile,Dockerfile,Containerfile.*,Dockerfile.*,*.Containerfile,*.Dockerfile,*.containerfile,*.dockerfile}';

/** Files that say what targets make, and which context a Containerfile has; without braces in braces, for Nx. */
const others =
  'project.json,package.json,compose.yml,compose.yaml,compose.*.yml,compose.*.yaml,docker-compose.yml,docker-compose.yaml,docker-compose.*.yml,docker-compose.*.yaml,docker-bake.hcl,docker-bake.json,docker-bake.*.hcl,docker-bake.*.json';

/** All that inference asks Nx for. */
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

/** Ends of names that make a file something else than a Containerfile: ignore files, templates, notes, left-overs. */
const foreign =
  /(^|\.)(containerignore|dockerignore|j2|jinja2?|tmpl|tpl|template|erb|in|md|txt|json|ya?ml|bak|orig|rej|swp|lock)$|~$/i;

/**
 * The components of a workspace, one a root. A file that another one hides (`Dockerfile` beside `Containerfile`)
 * is left out; one whose root belongs to another component is refused.
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

/** Nearly all are called so, and every command of nx asks. */
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
