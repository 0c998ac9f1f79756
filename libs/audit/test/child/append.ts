// Adds records one by one until it has added as many as its second argument says, or is killed.
import { appendRecords } from '../../src/index';

const [directory = '', count = '0', actor = 'child'] = process.argv.slice(2);

async function main(): Promise<void> {
  for (let index = 0; index < Number(count); index += 1) {
    const added = await appendRecords(
      directory,
      [{ event: 'build', subject: { name: `${actor}-${index}` }, outcome: 'done', causes: [] }],
      { actor, now: () => new Date() },
    );
    if (!added.ok) throw new Error(JSON.stringify(added.failures));
    // The parent counts the records that were confirmed.
    process.stdout.write('+');
  }
}

void main();
