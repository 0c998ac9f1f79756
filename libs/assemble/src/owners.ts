import { readFileSync } from 'node:fs';
import { failed, imageFailure, ok, type Place, type Result } from '@prism-build/errors';
import type { Content } from '@prism-build/oci';
import type { Images } from './base/images';
import type { FileNode, Tree } from './node';
import { resolvePath } from './tree';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * `--chown=user[:group]` to numbers. Names are looked up in the stage's own /etc/passwd and /etc/group;
 * a named user without a group has its primary group, a number without a group is both (as in Podman).
 */
function resolveOwner(tree: Tree, chown: string, at: Place): Result<Owner> {
  const [user = '', group] = chown.split(':', 2);
  const unknown = (what: string) => failed(imageFailure('COPY_OWNER_UNKNOWN', { what, at }));
  const passwd = user === '' || isNumber(user) ? undefined : findRow(tree, 'etc/passwd', user);
  if (user !== '' && !isNumber(user) && !passwd)
    return unknown(`there is no user ${user} in /etc/passwd of this stage`);
  const uid = passwd ? Number(passwd[2]) : Number(user || 0);
  if (group === undefined || group === '') {
    return ok({ uid, gid: passwd ? Number(passwd[3]) : uid });
  }
  if (isNumber(group)) return ok({ uid, gid: Number(group) });
  const row = findRow(tree, 'etc/group', group);
  return row
    ? ok({ uid, gid: Number(row[2]) })
    : unknown(`there is no group ${group} in /etc/group of this stage`);
}

/** `resolveOwner`, after extracting the files that it reads from the stage's images. */
export async function findOwner(
  tree: Tree,
  chown: string,
  at: Place,
  images: Images,
): Promise<Result<Owner>> {
  const provided = await images.provide(ownerFiles(tree, chown));
  return provided.ok ? resolveOwner(tree, chown, at) : provided;
}

/** The files in which names of owners are looked up; none for numbers. */
function ownerFiles(tree: Tree, chown: string): Content[] {
  const names = chown.split(':', 2).filter((name) => name !== '' && !isNumber(name));
  if (names.length === 0) return [];
  return ['etc/passwd', 'etc/group'].flatMap((file) => {
    const node = fileAt(tree, file);
    return node ? [node.content] : [];
  });
}

export function readContent(content: Content): Buffer {
  return content.kind === 'bytes' ? Buffer.from(content.bytes) : readFileSync(content.path);
}

function findRow(tree: Tree, file: string, name: string): string[] | undefined {
  const node = fileAt(tree, file);
  if (!node) return undefined;
  const rows = readContent(node.content).toString('utf8').split('\n');
  return rows.map((row) => row.split(':')).find((row) => row[0] === name);
}

function fileAt(tree: Tree, file: string): FileNode | undefined {
  const path = resolvePath(tree, file);
  const node = path === undefined ? undefined : tree.get(path);
  return node?.type === 'file' ? node : undefined;
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}
