import { readFileSync } from 'node:fs';
import { failed, imageFailure, ok, type Place, type Result } from '@prism-build/errors';
import type { Content, Tree } from './node';
import { resolvePath } from './tree';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * `--chown=user[:group]` to numbers. Names are looked up in the stage's own /etc/passwd and /etc/group;
 * a user without a group has its primary group when it is named and the group of its own number when it is not.
 */
export function resolveOwner(tree: Tree, chown: string, at: Place): Result<Owner> {
  const [user = '', group] = chown.split(':', 2);
  const unknown = (what: string) => failed(imageFailure('COPY_OWNER_UNKNOWN', { what, at }));
  const passwd = user === '' || isNumber(user) ? undefined : findRow(tree, 'etc/passwd', user);
  if (user !== '' && !isNumber(user) && !passwd)
    return unknown(`there is no user ${user} in /etc/passwd of this stage`);
  const uid = passwd ? Number(passwd[2]) : Number(user || 0);
  if (group === undefined || group === '') {
    const known = passwd ?? findRow(tree, 'etc/passwd', user, 2);
    return ok({ uid, gid: passwd ? Number(passwd[3]) : known ? Number(known[3]) : uid });
  }
  if (isNumber(group)) return ok({ uid, gid: Number(group) });
  const row = findRow(tree, 'etc/group', group);
  return row
    ? ok({ uid, gid: Number(row[2]) })
    : unknown(`there is no group ${group} in /etc/group of this stage`);
}

export function readContent(content: Content): Buffer {
  return content.kind === 'bytes' ? Buffer.from(content.bytes) : readFileSync(content.path);
}

function findRow(tree: Tree, file: string, value: string, column = 0): string[] | undefined {
  const path = resolvePath(tree, file);
  const node = path === undefined ? undefined : tree.get(path);
  if (node?.type !== 'file') return undefined;
  const rows = readContent(node.content).toString('utf8').split('\n');
  return rows.map((row) => row.split(':')).find((row) => row[column] === value);
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}
