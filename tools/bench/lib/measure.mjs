import { formatTable } from '../../setup/formatTable.mjs';

/**
 * Measures all sides in each round, one after the other, every second round in reverse order, so that disturbances of
 * the machine affect all sides alike. Returns the milliseconds of each side by round.
 */
export async function measure(sides, rounds, warmUps = 1) {
  const times = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
  for (let round = -warmUps; round < rounds; round += 1) {
    const names = Object.keys(sides);
    for (const name of round % 2 === 0 ? names : names.reverse()) {
      const milliseconds = await sides[name]();
      if (round >= 0) times[name].push(milliseconds);
    }
    process.stderr.write(round < 0 ? 'warm-up ' : `${round + 1}/${rounds} `);
  }
  process.stderr.write('\n');
  return times;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of the ratios of each round. */
function ratio(numerators, denominators) {
  return median(numerators.map((value, round) => value / denominators[round]));
}

/**
 * Prints a table. A row is `[what, milliseconds of each round, {to, peer, goal, above}]`. The optional third part is
 * a comparison: the peer's name and milliseconds, and the ratio that must not be exceeded (or, with `above`, must be
 * reached).
 */
export function table(rows) {
  const cells = rows.map(([what, times, goal]) => {
    const row = [what, `${median(times).toFixed(0)} ms`];
    if (!goal) return [...row, '', '', ''];
    const found = goal.above ? ratio(goal.peer, times) : ratio(times, goal.peer);
    if (goal.goal === undefined) return [...row, found.toFixed(2), '', goal.to];
    const met = goal.above ? found >= goal.goal : found <= goal.goal;
    const wanted = goal.above ? `≥ ${goal.goal.toFixed(2)}` : `≤ ${goal.goal.toFixed(2)}`;
    return [...row, found.toFixed(2), `${wanted} ${met ? 'met' : 'MISSED'}`, goal.to];
  });
  return align([['', 'median', 'ratio', 'goal', 'against'], ...cells]);
}

/** Rows as aligned columns; the first row is the head. */
export function align(rows) {
  return formatTable(rows, []).replaceAll(/^(?=.)/gm, '  ');
}
