import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { onEnd } from './lib/cleanup.mjs';
import { makeDatabase } from './lib/database.mjs';
import { measure, median, table } from './lib/measure.mjs';
import { engineSettings, resetOf } from './lib/podman.mjs';
import { environment, run } from './lib/process.mjs';
import {
  cache,
  linkModules,
  nxOf,
  packPlugin,
  repository,
  startWorkspace,
  temporaryDirectory,
} from './lib/workspace.mjs';

const goal = 3000;
const ports = { plain: 18990, edge: 18991 };

const program = `package main

import (
	"net/http"
	"os"
)

func main() {
	version, err := os.ReadFile("/version")
	if err != nil {
		panic(err)
	}
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { w.Write(version) })
	panic(http.ListenAndServe(":8080", nil))
}
`;

const stack = (name, port) => `apiVersion: v1
kind: Pod
metadata: {name: prism-bench-${name}, labels: {app: ${name}}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
    - name: api
      image: localhost/bench/api
      ports: [{name: http, containerPort: 8080}]
      readinessProbe: {httpGet: {path: /, port: http}}
---
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {selector: {app: ${name}}, ports: [{name: http, port: ${port}, targetPort: http}]}
`;

const ingress = `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: edge
  annotations: {prism-build.edge/image: localhost/bench/haproxy, prism-build.edge/http-port: "${ports.edge}"}
spec:
  rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: edge, port: {name: http}}}}]}}]
`;

/**
 * The longest time without an answer during `nx deploy`, for a client that asks every 5 ms: without a reverse proxy, and with
 * one; and how long after `nx rollback` was started the earlier version answers, and the command ends.
 */
export async function deploy({ rounds = 3 }) {
  const scratch = temporaryDirectory();
  const root = join(scratch, 'workspace');
  execFileSync(join(repository, 'tools', 'prism', 'install-trivy'), {
    env: { ...process.env, PRISM_CACHE_DIR: cache },
  });
  startWorkspace(root, { plugins: [{ plugin: 'prism', options: { prefix: 'bench' } }] });
  linkModules(root, packPlugin(join(scratch, 'packed')));
  const write = (path, text) => {
    fs.mkdirSync(join(root, path, '..'), { recursive: true });
    fs.writeFileSync(join(root, path), text);
  };
  const platform = `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const project = (name) =>
    JSON.stringify({ name, targets: { 'build-image': { options: { platforms: [platform] } } } });
  write('api/main.go', program);
  write('api/go.mod', 'module api\n\ngo 1.22\n');
  write('api/Containerfile', 'FROM scratch\nCOPY api version /\nUSER 65532:65532\nENTRYPOINT ["/api"]\n');
  write('api/project.json', project('api'));
  fs.cpSync(join(repository, 'containerfiles', 'haproxy'), join(root, 'haproxy'), { recursive: true });
  write('haproxy/project.json', project('haproxy'));
  write('plain/stack.yaml', stack('plain', ports.plain));
  write('edge/stack.yaml', stack('edge', 8080) + ingress);
  write('scan-policy.json', JSON.stringify({ maxDatabaseAgeDays: 100_000, notAssessable: 'allow' }));
  const go = environment({ CGO_ENABLED: '0', GOCACHE: join(cache, 'gobuild'), GOFLAGS: '-trimpath' });
  await run(['go', 'build', '-o', 'api', '.'], { cwd: join(root, 'api'), env: go });

  const storage = join(scratch, 'storage.conf');
  const places = `graphroot = "${join(scratch, 'graph')}"\nrunroot = "${join(scratch, 'run')}"\n`;
  fs.writeFileSync(storage, `[storage]\ndriver = "overlay"\n${places}`);
  const trivy = {
    PRISM_TRIVY: join(cache, 'tools', 'trivy-0.68.2', 'trivy'),
    PRISM_SCAN_DB: makeDatabase(join(scratch, 'trivy')),
  };
  const settings = {
    ...engineSettings(),
    CONTAINERS_STORAGE_CONF: storage,
    PRISM_CACHE_DIR: cache,
    ...trivy,
  };
  const nx = nxOf(root, { daemon: false, more: settings });
  const podman = (...args) => run(['podman', ...args], { cwd: scratch, env: environment(settings) });
  onEnd(() => podman(...resetOf(scratch)));
  onEnd(() => podman('pod', 'rm', '--force', '--time=1', '--all'));
  onEnd(() => podman('rm', '--force', '--time=1', '--all'));

  let version = 0;
  const release = async (name) => {
    version += 1;
    write('api/version', String(version));
    await nx('load-image', 'api');
    return gapOf(ports[name], () => nx('deploy', name, '--observe=0'));
  };
  const back = { plain: [], edge: [] };
  const served = { plain: [], edge: [] };
  const side = (name) => async () => {
    const gap = await release(name);
    const began = performance.now();
    const answered = firstOther(ports[name], String(version)).then(() => performance.now() - began);
    await nx('rollback', name, '--observe=0');
    back[name].push(performance.now() - began);
    served[name].push(await answered);
    return gap;
  };
  write('api/version', '0');
  for (const name of ['plain', 'edge']) await nx('deploy', name, '--observe=0');
  const gaps = await measure({ plain: side('plain'), edge: side('edge') }, rounds);
  const verdict = (name) => {
    const taken = median(served[name].slice(-rounds));
    return `${taken.toFixed(0)} ms ${taken <= goal ? 'met' : 'MISSED'}`;
  };
  return `the longest time without an answer during nx deploy, and nx rollback\n${table([
    ['no answer: with a reverse proxy', gaps.edge, { to: 'without', peer: gaps.plain }],
    ['no answer: without', gaps.plain],
    ['nx rollback, with a reverse proxy: the earlier version answers', served.edge.slice(-rounds)],
    ['  the command ends, and the other pod has ended', back.edge.slice(-rounds)],
    ['nx rollback, without: the earlier version answers', served.plain.slice(-rounds)],
    ['  the command ends', back.plain.slice(-rounds)],
  ])}  goal of the first answer: ${goal} ms; with a reverse proxy ${verdict('edge')}, without ${verdict('plain')}\n`;
}

/** Waits until another version than this one answers. */
async function firstOther(port, version) {
  for (;;) {
    const answer = await ask(port);
    if (answer !== undefined && answer !== version) return;
    await wait(5);
  }
}

/** The longest time between two answers while some work is done, in milliseconds. */
async function gapOf(port, work) {
  let [over, longest, answered] = [false, 0, performance.now()];
  const asking = (async () => {
    while (!over) {
      if ((await ask(port)) !== undefined) {
        longest = Math.max(longest, performance.now() - answered);
        answered = performance.now();
      }
      await wait(5);
    }
  })();
  try {
    await work();
  } finally {
    over = true;
    await asking;
  }
  return Math.max(longest, performance.now() - answered);
}

/** The version that answers; undefined if none does. */
function ask(port) {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, agent: false, timeout: 1000 }, (answer) => {
      let body = '';
      answer
        .on('data', (chunk) => {
          body += chunk;
        })
        .on('end', () => resolve(answer.statusCode === 200 ? body : undefined))
        .on('error', () => resolve(undefined));
    });
    request.on('error', () => resolve(undefined)).on('timeout', () => request.destroy());
  });
}
