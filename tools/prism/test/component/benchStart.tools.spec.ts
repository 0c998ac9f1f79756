import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type BenchReport, parseBenchReport } from '@prism-build/measure';
import { goSettings } from '../../../../test/support/goSettings';
import { command, describeWith, podman, which } from '../../../../test/support/needs';
import { makeWorkspace, type Workspace } from '../../../../test/support/workspace';

const architecture = process.arch === 'x64' ? 'amd64' : process.arch;

/** Listens where a file or LISTEN says. */
const server = `package main

import (
	"net/http"
	"os"
	"strings"
)

func main() {
	listen := os.Getenv("LISTEN")
	if file, err := os.ReadFile("/etc/api/listen"); err == nil {
		listen = strings.TrimSpace(string(file))
	}
	if listen == "" {
		println("LISTEN is not set")
		os.Exit(3)
	}
	http.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) {})
	http.ListenAndServe(listen, nil)
}
`;

describeWith([command('go', 'golang'), command('unshare', 'util-linux'), podman], 'a server in Go', () => {
  let workspace: Workspace;
  const probe = 'http://127.0.0.1:18734/health';
  const settings = (bench: object) => {
    const build = { options: { platforms: [`linux/${architecture}`] } };
    const targets = { 'build-image': build, bench: { options: { runs: 3, ...bench } } };
    workspace.write('api/project.json', JSON.stringify({ targets }, null, 1));
  };
  const read = (): BenchReport => {
    const report = parseBenchReport(workspace.read('dist/bench/api/report.json'), 'report.json');
    if (!report.ok) throw new Error(JSON.stringify(report.failures));
    return report.value;
  };

  beforeAll(() => {
    workspace = makeWorkspace();
    workspace.write('tmp/main.go', server);
    workspace.write('tmp/go.mod', 'module example.com/api\n\ngo 1.24\n');
    mkdirSync(workspace.path('api'));
    execFileSync('go', ['build', '-ldflags=-s -w', '-o', workspace.path('api/server'), '.'], {
      cwd: workspace.path('tmp'),
      env: { ...process.env, ...goSettings, GOWORK: 'off' },
    });
    workspace.write('api/Containerfile', 'FROM scratch\nCOPY server /\nUSER 65532\nENTRYPOINT ["/server"]\n');
  });
  afterAll(() => workspace.remove());

  test('is measured without an engine and in Podman, above a floor, and not twice', async () => {
    workspace.write('listen.txt', '127.0.0.1:18734\n');
    const files = { '/etc/api/listen': 'listen.txt' };
    settings({ probe, files, maxMemory: '100 MB' });
    const ran = await workspace.nx(['bench', 'api']);
    expect([ran.status, ran.output]).toEqual([0, expect.stringContaining('median of 3 starts')]);
    const { start, transfer, budgets, platforms } = read();
    expect(start!.sides.map(({ where }) => where)).toEqual(['bare', 'container']);
    for (const { ready, floor, idle, peak } of start!.sides) {
      expect([ready, floor, idle!, peak!].map(({ values }) => values.length)).toEqual([3, 3, 3, 3]);
      expect(Math.min(...idle!.values)).toBeGreaterThan(1e6);
    }
    expect([transfer!.pull.values.length, transfer!.load.values.length]).toEqual([5, 5]);
    expect(budgets).toMatchObject([{ name: 'maxMemory', verdict: 'within', side: 'bare', from: 'set' }]);
    expect(platforms[0]!.parts!.some(({ kind, name }) => kind === 'go' && name === 'net/http')).toBe(true);
    if (start!.noise.tooNoisy) return;
    // A verdict is made again, with the stored measurement.
    settings({ probe, files, maxMemory: '1 MB' });
    const again = await workspace.nx(['bench', 'api']);
    expect([again.status, again.output]).toEqual([
      1,
      expect.stringContaining('exceeds maxMemory without an engine'),
    ]);
    expect(read().start!.measuredAt).toBe(start!.measuredAt);
  });

  test('that lacks a setting shows what it printed, and its sizes are still reported', async () => {
    settings({ probe, where: 'bare' });
    const ran = await workspace.nx(['bench', 'api']);
    expect([ran.status, ran.output]).toEqual([
      1,
      expect.stringContaining('START_ENDED: api ended with status 3'),
    ]);
    expect(ran.output).toContain('cause: LISTEN is not set');
    expect(read()).toMatchObject({
      skipped: [{ what: 'the start' }],
      platforms: [{ parts: expect.anything() }],
    });
  });

  test('is measured without Podman where there is none', async () => {
    const bin = workspace.path('tmp/bin');
    mkdirSync(bin);
    for (const name of ['git', 'unshare', 'sh']) symlinkSync(which(name)!, join(bin, name));
    settings({ probe, env: { LISTEN: '127.0.0.1:18734' } });
    const ran = await workspace.nx(['bench', 'api'], { PATH: bin });
    expect([ran.status, ran.output]).toEqual([0, expect.stringContaining('because Podman is not installed')]);
    expect(read().start!.sides.map(({ where }) => where)).toEqual(['bare']);
  });
});
