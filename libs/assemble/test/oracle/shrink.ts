import type { OracleCase } from './case';

/** Leaves out lines and files, one after the other, as long as the case still fails; at most `tries` builds. */
export async function shrinkCase(
  oracleCase: OracleCase,
  fails: (smaller: OracleCase) => Promise<boolean>,
  tries = 40,
): Promise<OracleCase> {
  let best = oracleCase;
  let left = tries;
  for (let again = true; again && left > 0; ) {
    again = false;
    for (const smaller of listSmaller(best)) {
      if (left-- <= 0) return best;
      if (!(await fails(smaller))) continue;
      best = smaller;
      again = true;
      break;
    }
  }
  return best;
}

function* listSmaller(oracleCase: OracleCase): Generator<OracleCase> {
  const lines = oracleCase.containerfile.trimEnd().split('\n');
  for (const [at, line] of lines.entries()) {
    if (line.startsWith('FROM ')) continue;
    yield { ...oracleCase, containerfile: `${lines.filter((_, other) => other !== at).join('\n')}\n` };
  }
  const entries = Object.entries(oracleCase.context ?? {});
  for (const [name] of entries) {
    yield { ...oracleCase, context: Object.fromEntries(entries.filter(([other]) => other !== name)) };
  }
}
