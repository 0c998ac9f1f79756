import * as fs from 'node:fs';
import { join } from 'node:path';
import { onEnd } from './lib/cleanup.mjs';
import { measure, table } from './lib/measure.mjs';
import { engineSettings, resetOf } from './lib/podman.mjs';
import { readyAfter } from './lib/ports.mjs';
import { environment, run, time } from './lib/process.mjs';
import {
  cache,
  linkModules,
  nxOf,
  packPlugin,
  startWorkspace,
  temporaryDirectory,
} from './lib/workspace.mjs';

const goal = 1.1;
const ports = [18980, 18981, 18982];

/** Listens on one port and accepts connections. */
const program = `package main

import (
	"net"
	"os"
)

func main() {
	listener, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		panic(err)
	}
	for {
		if connection, err := listener.Accept(); err == nil {
			connection.Close()
		}
	}
}
`;

const container = (port) => `    - name: port-${port}
      image: localhost/bench/listen
      args: [":${port}"]
      ports: [{containerPort: ${port}}]
      readinessProbe: {tcpSocket: {port: ${port}}}
`;

const stack = `apiVersion: v1
kind: Pod
metadata: {name: prism-bench-stack, labels: {app: bench}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
${ports.map(container).join('')}---
apiVersion: v1
kind: Service
metadata: {name: bench}
spec:
  selector: {app: bench}
  ports:
${ports.map((port) => `    - {name: port-${port}, port: ${port}}`).join('\n')}
`;

/**
 * From loaded images to a stack of three containers that all answer: `nx up` with Nx and its probes, and `podman kube play`
 * of the YAML that `render` prints. Both have a store of their own.
 */
export async function stackUp({ rounds = 5 }) {
  const scratch = temporaryDirectory();
  const root = join(scratch, 'workspace');
  startWorkspace(root, { plugins: [{ plugin: 'prism', options: { prefix: 'bench' } }] });
  linkModules(root, packPlugin(join(scratch, 'packed')));
  const write = (path, text) => {
    fs.mkdirSync(join(root, path, '..'), { recursive: true });
    fs.writeFileSync(join(root, path), text);
  };
  write('listen/main.go', program);
  write('listen/go.mod', 'module listen\n\ngo 1.22\n');
  write(
    'listen/Containerfile',
    'FROM scratch\nCOPY listen /listen\nUSER 65532:65532\nENTRYPOINT ["/listen"]\n',
  );
  write('shop/stack.yaml', stack);
  write('shop/project.json', JSON.stringify({ name: 'shop', targets: { nothing: { executor: 'nx:noop' } } }));
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const platforms = { 'build-image': { options: { platforms: [`linux/${architecture}`] } } };
  write('listen/project.json', JSON.stringify({ name: 'listen', targets: platforms }));
  const go = environment({ CGO_ENABLED: '0', GOCACHE: join(cache, 'gobuild'), GOFLAGS: '-trimpath' });
  await run(['go', 'build', '-o', 'listen', '.'], { cwd: join(root, 'listen'), env: go });

  const storage = join(scratch, 'storage.conf');
  const places = `graphroot = "${join(scratch, 'graph')}"\nrunroot = "${join(scratch, 'run')}"\n`;
  fs.writeFileSync(storage, `[storage]\ndriver = "overlay"\n${places}`);
  const settings = { ...engineSettings(), CONTAINERS_STORAGE_CONF: storage };
  const nx = nxOf(root, { daemon: false, more: settings });
  const podman = (...args) => run(['podman', ...args], { cwd: scratch, env: environment(settings) });
  onEnd(() => podman(...resetOf(scratch)));
  onEnd(() => podman('pod', 'rm', '--force', '--time=1', '--all'));
  await nx('up', 'shop');
  await nx('render', 'shop', '--output=shop.yaml');
  await nx('down', 'shop');

  const inside = [];
  const sides = {
    up: async () => {
      let printed = '';
      const taken = await time(async () => {
        printed = await nx('up', 'shop');
      });
      const after = [...printed.matchAll(/running +([\d.]+) s/g)].map(
        ([, seconds]) => Number(seconds) * 1000,
      );
      inside.push(Math.max(...after));
      await nx('down', 'shop');
      return taken;
    },
    nothing: () => time(() => nx('nothing', 'shop')),
    play: async () => {
      const taken = await time(async () => {
        await podman('kube', 'play', '--quiet', join(root, 'shop.yaml'));
        const begin = performance.now();
        await Promise.all(ports.map((port) => readyAfter(port, begin)));
      });
      await podman('pod', 'rm', '--force', '--time=1', 'prism-bench-stack');
      return taken;
    },
  };
  const times = await measure(sides, rounds);
  const peer = { to: 'podman kube play', peer: times.play };
  return `three containers that answer, from loaded images\n${table([
    ['nx up', times.up, { ...peer, goal }],
    ['of it: from the start of the pod to all probes', inside.slice(-rounds), { ...peer, goal }],
    ['nx and nothing to do', times.nothing, peer],
    ['podman kube play, and the first connections', times.play],
  ])}`;
}
