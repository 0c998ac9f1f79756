import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const libs = join(__dirname, '../../../../libs');
const libraries = readdirSync(libs).filter((name) => existsSync(join(libs, name, 'package.json')));

/** `npm test` runs targets, so a library without them would be left out and nobody would see it. */
test.each(libraries)('all specs of libs/%s belong to a target', (name) => {
  const specs = existsSync(join(libs, name, 'test'))
    ? readdirSync(join(libs, name, 'test'), { recursive: true, encoding: 'utf8' }).filter((file) =>
        file.endsWith('.spec.ts'),
      )
    : [];
  const { nx } = JSON.parse(readFileSync(join(libs, name, 'package.json'), 'utf8'));
  expect(Object.keys(nx?.targets ?? {}).sort()).toEqual([
    ...(specs.some((file) => file.endsWith('.tools.spec.ts')) ? ['component'] : []),
    ...(specs.some((file) => !file.endsWith('.tools.spec.ts')) ? ['test'] : []),
  ]);
});
