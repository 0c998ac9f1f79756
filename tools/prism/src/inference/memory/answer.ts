import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { CreateNodesResult } from '@nx/devkit';
import { readTextIfThere, writeFileAtomic } from '@prism-build/shell';
import { inferenceIdentity } from '@prism-build/workspace';
import { nxVersion } from '../../nx/nxVersion';
import type { Identity } from '../identity';
import type { Edge } from '../make/edges';
import type { Waiting } from '../make/makerEdges';
import { dataDirectory } from './dataDirectory';
import { fromHere } from './fromHere';
import { compareWith, type NumberedTrace } from './memory';
import { decodeLooks, encodeLooks } from './numbers';
import { type Asked, outlivesCommands } from './told';

/** Everything that an inference gives to Nx. Plain data. */
export interface Answer {
  readonly nodes: [file: string, CreateNodesResult][];
  readonly edges: readonly Edge[];
  readonly waiting: readonly Waiting[];
}

/** The answer of an earlier command, for the usual case that nothing has changed. */
export interface OpenAnswer {
  readonly find: () => Answer | undefined;
  readonly keep: (answer: Answer, trace: NumberedTrace) => void;
}

/** A process that outlives commands keeps none: it compares what it read of each project (recheck.ts). */
const noAnswer: OpenAnswer = { find: () => undefined, keep: () => {} };

export function openAnswer(root: string, asked: Asked, identity: Identity): OpenAnswer {
  if (outlivesCommands()) return noAnswer;
  const place = join(dataDirectory(root), 'prism-answer.json');
  const question = createHash('sha256')
    .update(JSON.stringify([inferenceIdentity(), nxVersion(), identity, asked]))
    .digest('hex');
  return {
    find: () => {
      try {
        const text = readTextIfThere(place) ?? '';
        // Two lines: the answer is parsed only if it holds.
        const end = text.indexOf('\n');
        const head = JSON.parse(text.slice(0, end)) as Head;
        if (head.question !== question) return undefined;
        const { holds } = compareWith({ ...head, looks: decodeLooks(head.looks) }, fromHere(root));
        return head.trace.every(holds) ? (JSON.parse(text.slice(end)) as Answer) : undefined;
      } catch {
        return undefined;
      }
    },
    keep: (answer, trace) => {
      const head: Head = { question, ...trace, looks: encodeLooks(trace.looks) };
      try {
        writeFileAtomic(place, `${JSON.stringify(head)}\n${JSON.stringify(answer)}`);
      } catch {
        // The directory is not writable: the next command makes the answer again.
      }
    },
  };
}

interface Head extends Omit<NumberedTrace, 'looks'> {
  /** Digest of everything besides files that decides the answer. */
  readonly question: string;
  readonly looks: string;
}
