// Scans an image as the plugin does, and prints the result: node scan.cjs <root> <directory of results> <trivy>
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ok } from '@prism-build/errors';
import { type DigestJson, openContentStore } from '@prism-build/oci';
import { run } from '@prism-build/shell';
import { makeInTurn, makeOnce, openDatabase, openTrivy, scanPlatform, takeFacts } from '../../src';
import { unwrap } from '../support/makeImage';

const [root = '', results = '', binary = ''] = process.argv.slice(2);

async function scan(): Promise<void> {
  const image = JSON.parse(readFileSync(join(root, 'image.json'), 'utf8')) as DigestJson;
  const store = unwrap(await openContentStore(join(root, 'store')));
  const directories = { scratch: join(results, 'scratch'), kept: join(results, 'kept') };
  const scanner = unwrap(await openTrivy({ run, binary, trusted: [], ...directories, timeout: 60_000 }));
  const database = unwrap(await openDatabase(join(root, 'database'), directories.kept));
  const input = {
    ...{ ...directories, scanner, store, imageDirs: [], fetch: async () => ok(undefined) },
    ...{ once: makeOnce(), inTurn: makeInTurn(availableParallelism()) },
  };
  const scanned = await Promise.all(
    image.platforms.map(async (platform) => ({
      scan: unwrap(unwrap(await scanPlatform(input, platform, database))),
      facts: unwrap(await takeFacts(input, platform)),
    })),
  );
  process.stdout.write(JSON.stringify(scanned));
}

scan().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
