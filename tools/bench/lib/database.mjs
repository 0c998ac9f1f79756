import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { repository } from './workspace.mjs';

/** The advisories of the tests as a database of Trivy in a directory, which it returns. */
export function makeDatabase(directory) {
  fs.mkdirSync(directory, { recursive: true });
  const fixtures = join(repository, 'test', 'fixtures', 'advisories');
  const data = execFileSync('xz', ['-dkc', join(fixtures, 'trivy.db.xz')], { maxBuffer: 1 << 26 });
  fs.writeFileSync(join(directory, 'trivy.db'), data);
  fs.copyFileSync(join(fixtures, 'metadata.json'), join(directory, 'metadata.json'));
  return directory;
}
