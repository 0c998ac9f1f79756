import * as fs from 'node:fs';
import { join } from 'node:path';
import { auditFailure, failed, ok, type Result } from '@prism-build/errors';
import { attempt, withLock } from '@prism-build/shell';
import { findFault, notRecord } from './chain';
import { fileOf, type Head, readHead, writeHead } from './head';
import { listFiles, readLines } from './logFiles';
import { type AuditEntry, type ChainEnd, lineDigest, parseLine, toLine } from './record';

export interface Writing {
  readonly actor: string;
  readonly now: () => Date;
  /** A file that has this size, in bytes, is followed by another one. */
  readonly rotateAt?: number;
}

/**
 * Adds records at the end of a log and returns its new end. The records are on disk when it returns. One writer at a
 * time; records of a writer that was killed stay if they are complete. Failures: AUDIT_DAMAGED, DISK_FULL,
 * FILE_UNWRITABLE, LOCK_TIMED_OUT.
 */
export async function appendRecords(
  directory: string,
  entries: readonly AuditEntry[],
  writing: Writing,
): Promise<Result<ChainEnd>> {
  const what = `the audit log ${directory} cannot be written`;
  return withLock(join(directory, 'lock'), async () => {
    const reached = await attempt(what, () => catchUp(directory));
    if (!reached.ok) return reached;
    if (!reached.value.ok) return reached.value;
    const head = reached.value.value;
    return attempt(what, () => write(directory, head, entries, writing));
  });
}

function write(
  directory: string,
  head: Head,
  entries: readonly AuditEntry[],
  { actor, now, rotateAt = 16 * 1024 * 1024 }: Writing,
): ChainEnd {
  const rotates = head.size >= rotateAt;
  const file = rotates ? fileOf(head.sequence + 1) : head.file;
  const before = rotates ? 0 : head.size;
  let end: ChainEnd = head;
  const lines = entries.map((entry) => {
    const made = toLine(end, entry, actor, now());
    end = made.end;
    return `${made.line}\n`;
  });
  const bytes = Buffer.from(lines.join(''));
  writeAt(join(directory, file), before, bytes);
  writeHead(directory, { ...end, file, size: before + bytes.length });
  return end;
}

/** Writes and syncs all bytes or none. */
function writeAt(path: string, before: number, bytes: Buffer): void {
  const isNew = !fs.existsSync(path);
  const fd = fs.openSync(path, 'a', 0o644);
  try {
    fs.writeFileSync(fd, bytes);
    fs.fsyncSync(fd);
  } catch (error) {
    fs.ftruncateSync(fd, before);
    throw error;
  } finally {
    fs.closeSync(fd);
  }
  if (isNew) syncDirectory(join(path, '..'));
}

/** A new file survives a power failure only if its directory is synced too. */
function syncDirectory(path: string): void {
  const fd = fs.openSync(path, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/**
 * The end of the log. A writer that was killed may have left complete records behind the head, which count, and a
 * part of a line, which is removed. Everything else behind the head is damage.
 */
async function catchUp(directory: string): Promise<Result<Head>> {
  const known = readHead(directory);
  if (!known) return damaged('head.json', undefined, 'this file is not the head of an audit log');
  let head = known;
  const path = join(directory, head.file);
  const size = fs.existsSync(path) ? fs.statSync(path).size : 0;
  if (size < head.size)
    return damaged(head.file, undefined, `the file has ${size} bytes, and head.json says ${head.size}`);
  for (const file of listFiles(directory).filter((name) => name >= known.file)) {
    const from = file === known.file ? known.size : 0;
    let complete = from;
    for await (const line of readLines(directory, file, from)) {
      if (!line.complete) {
        fs.truncateSync(join(directory, file), complete);
        break;
      }
      const record = parseLine(line.text);
      const at = from === 0 ? line.number : undefined;
      if (!record) return damaged(file, at, notRecord);
      const fault = findFault(head, record);
      if (fault) return damaged(file, at, fault.what);
      complete = line.end;
      head = { sequence: record.sequence, digest: lineDigest(line.text), file, size: complete };
    }
  }
  return ok(head);
}

function damaged(file: string, line: number | undefined, what: string) {
  return failed(auditFailure('AUDIT_DAMAGED', { what, at: { file, line } }));
}
