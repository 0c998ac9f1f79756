import { containerfileFailure, type Failure, failed, type Result } from '@prism-build/errors';
import type { Heredoc } from '../instruction';

/** The input of every parser of an instruction. */
export interface Request {
  readonly keyword: string;
  readonly flags: readonly string[];
  readonly rest: string;
  readonly heredocs: readonly Heredoc[];
  readonly text: string;
  readonly line: number;
  readonly endLine: number;
  readonly file: string;
  readonly escape: string;
}

type FailureCode = Parameters<typeof containerfileFailure>[0];

export function failAt(request: Request, code: FailureCode, what: string): Failure {
  return containerfileFailure(code, { what, at: { file: request.file, line: request.line } });
}

export function refuse<T>(request: Request, code: FailureCode, what: string): Result<T> {
  return failed(failAt(request, code, what));
}

/** The fields that all instructions share. */
export function describe<K extends string>(request: Request, keyword: K) {
  return { keyword, line: request.line, endLine: request.endLine, text: request.text };
}
