import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goSettings } from '../../../test/support/goSettings';
import { command, describeWith } from '../../../test/support/needs';
import { goPackageOf } from '../src/contents/program/goPackage';
import { readGoTable } from '../src/contents/program/goTable';
import { readProgram } from '../src/contents/program/readProgram';
import { readSections } from '../src/contents/program/sections';

describeWith([command('go', 'golang')], 'with the compiler of Go', () => {
  let directory: string;
  const build = (name: string, ...flags: string[]) => {
    execFileSync('go', ['build', ...flags, '-o', name, '.'], {
      cwd: directory,
      env: { ...process.env, ...goSettings, GOWORK: 'off', GOPROXY: 'off' },
    });
    return readFileSync(join(directory, name));
  };
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'prism-go-'));
    writeFileSync(join(directory, 'go.mod'), 'module example.com/app\n\ngo 1.24\n');
    writeFileSync(
      join(directory, 'main.go'),
      'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("x") }\n',
    );
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test('a stripped program tells the same code as the symbols of one that is not', () => {
    const stripped = build('stripped', '-ldflags=-s -w');
    build('whole');
    const symbols = execFileSync('go', ['tool', 'nm', '-size', 'whole'], {
      cwd: directory,
      encoding: 'utf8',
    });
    const wanted = new Map<string, number>();
    for (const line of symbols.split('\n')) {
      const [, size, name] = /^\s*[0-9a-f]+\s+(\d+)\s+[tT]\s+(.+)$/.exec(line) ?? [];
      const owner = name && goPackageOf(name);
      if (owner) wanted.set(owner, (wanted.get(owner) ?? 0) + Number(size));
    }
    const table = readSections(stripped)!.find(({ name }) => name === '.gopclntab')!.bytes;
    const found = new Map<string, number>();
    for (const { name, code } of readGoTable(table)!) {
      const owner = goPackageOf(name);
      if (owner) found.set(owner, (found.get(owner) ?? 0) + code);
    }
    for (const owner of ['runtime', 'fmt', 'strconv', 'reflect', 'main']) {
      // The table counts the padding up to the next function, symbols do not.
      expect([owner, found.get(owner)! >= wanted.get(owner)!]).toEqual([owner, true]);
      expect([owner, found.get(owner)! < wanted.get(owner)! * 1.2 + 64]).toEqual([owner, true]);
    }
    const { packages, why } = readProgram(stripped);
    const sum = packages.reduce((all, { size }) => all + size, 0);
    expect(sum).toBeGreaterThan(stripped.length / 2);
    expect(sum).toBeLessThan(stripped.length);
    expect(packages.find(({ name }) => name === 'fmt')?.version).toMatch(/^go1\./);
    expect(why).toContain('of Go');
  });
});
