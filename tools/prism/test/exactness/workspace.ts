import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { walkDirectory } from '@prism-build/shell';
// The very matcher of the task hasher: what it says is in a fileset is what Nx hashes.
import { matchGlobPaths } from 'nx/src/native';
import { createNodes } from '../../src/inference';
import { expandInputs } from '../../src/inference/read/namedInputs';

/** A directory with these files, on which inference runs in this process. */
export interface Repository {
  readonly root: string;
  readonly files: () => string[];
  readonly write: (name: string, content: string | Uint8Array) => void;
  /** By component: the files that the key of its compile target covers, with their contents, as one digest. */
  readonly keys: () => Promise<Map<string, Key>>;
  readonly remove: () => void;
}

export interface Key {
  readonly digest: string;
  readonly files: readonly string[];
  readonly options: { readonly containerfile: string; readonly context: string };
  readonly description: string;
}

/** @param files contents by path; `-> x` is a symbolic link to x */
export function makeRepository(files: Readonly<Record<string, string>>): Repository {
  const root = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'prism-exact-'));
  const write = (name: string, content: string | Uint8Array) => {
    fs.mkdirSync(dirname(join(root, name)), { recursive: true });
    if (typeof content === 'string' && content.startsWith('-> '))
      fs.symlinkSync(content.slice(3), join(root, name));
    else fs.writeFileSync(join(root, name), content);
  };
  for (const [name, content] of Object.entries(files)) write(name, content);
  const list = () =>
    [...walkDirectory(root)]
      .flatMap(({ path, entry }) => (entry.isFile() && !entry.name.includes('\ufffd') ? [path] : []))
      .sort();
  return {
    root,
    write,
    files: list,
    keys: () => readKeys(root, list()),
    remove: () => fs.rmSync(root, { recursive: true, force: true }),
  };
}

type Input = string | { fileset?: string };

interface Project {
  readonly name: string;
  readonly root: string;
  readonly namedInputs: Record<string, Input[]>;
  readonly targets: Record<
    string,
    { inputs: Input[]; options: Key['options']; metadata: { description: string } }
  >;
}

async function readKeys(root: string, files: readonly string[]): Promise<Map<string, Key>> {
  const [, infer] = createNodes;
  const containerfiles = files.filter((file) => file.endsWith('Containerfile'));
  const made = await infer(
    containerfiles,
    { prefix: 'p', platforms: ['linux/amd64'] },
    { workspaceRoot: root, nxJsonConfiguration: {} },
  );
  const digests = new Map(
    files.map((file) => [
      file,
      createHash('sha256')
        .update(fs.readFileSync(join(root, file)))
        .digest('hex'),
    ]),
  );
  const keys = new Map<string, Key>();
  for (const [, result] of made) {
    // Modules and crates that it is compiled from are projects too.
    const projects = Object.values(result.projects ?? {}) as unknown as Project[];
    const project = projects.find(({ targets }) => targets.compile);
    const target = project?.targets.compile;
    if (!project || !target) continue;
    const globs = expandInputs(target.inputs, project.namedInputs).flatMap((input) => {
      const fileset = typeof input === 'string' ? input : input.fileset;
      return fileset ? [fileset.replace('{workspaceRoot}/', '').replace('{projectRoot}', project.root)] : [];
    });
    const matched = matchGlobPaths(globs, [...files]);
    const covered = files.filter((_, at) => matched[at]);
    const hash = createHash('sha256');
    for (const file of covered) hash.update(`${file}\0${digests.get(file)}\n`);
    const { options, metadata } = target;
    keys.set(project.name, {
      digest: hash.digest('hex'),
      files: covered,
      options,
      description: metadata.description,
    });
  }
  return keys;
}
