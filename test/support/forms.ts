import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { compileFixture } from './goFixture';
import { which } from './needs';
import { repository } from './plugin';

const cache = process.env.PRISM_CACHE_DIR ?? join(repository, '.prism', 'cache');

/** What a validator printed, and its exit status. */
export interface Verdict {
  readonly status: number | null;
  readonly output: string;
}

function run(
  argv: readonly string[],
  options: { input?: string; env?: Record<string, string> } = {},
): Verdict {
  const { input, env } = options;
  const { status, stdout, stderr } = spawnSync(argv[0]!, argv.slice(1), {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    ...(input !== undefined && { input }),
  });
  return { status, output: stdout + stderr };
}

/** Writes files by path below a directory. */
export function writeFiles(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    fs.mkdirSync(dirname(join(directory, path)), { recursive: true });
    fs.writeFileSync(join(directory, path), text);
  }
}

/** The directory of quadlet and docker-compose. */
export const forms = join(cache, 'tools/forms-trixie');

/** Installs quadlet and docker-compose of Debian 13 to the shared cache, unless they are there. */
export function installForms(): void {
  const script = join(repository, 'tools', 'setup', 'install-forms');
  const { status, output } = run([script], { env: { PRISM_CACHE_DIR: cache } });
  if (status !== 0) throw new Error(output);
}

/** What Podman's generator of units makes of a directory. */
export function dryRunQuadlet(directory: string): Verdict {
  const env = { QUADLET_UNIT_DIRS: directory };
  return run([join(forms, 'quadlet'), '-dryrun', '-user'], { env });
}

/** A Compose file as Docker Compose understands it, as JSON. Needs no Docker. */
export function readCompose(directory: string, env: Record<string, string>): Verdict {
  const program = join(forms, 'docker-compose');
  const file = join(directory, 'compose.yaml');
  return run([program, '--file', file, 'config', '--format=json'], { env });
}

/** YAML of an overlay, by kubectl or by the kustomize that is compiled for it. */
export function kustomize(directory: string): Verdict {
  const kubectl = which('kubectl');
  if (kubectl !== undefined) return run([kubectl, 'kustomize', directory]);
  const program = compileFixture('kustomize', ['go.mod', 'go.sum'], 'sigs.k8s.io/kustomize/kustomize/v5');
  return run([program, 'build', directory]);
}

/** Kubernetes' own types, and Pod Security's restricted profile. */
export function checkPodSecurity(yaml: string): Verdict {
  const program = compileFixture('pod-security', ['go.mod', 'go.sum', 'main.go'], '.', 'tools/prism');
  return run([program], { input: yaml });
}

/** The schemas of Kubernetes 1.37, strictly. */
export function validateKubernetes(file: string): Verdict {
  const env = { PYTHONPATH: kubernetesWheels(), PYTHONDONTWRITEBYTECODE: '1' };
  return run([python, '-m', 'kubernetes_validate', '--strict', '-k', '1.37', file], { env });
}

/** The directory of kubernetes-validate with its schemas: locked wheels, fetched once. */
export function kubernetesWheels(): string {
  const lock = join(repository, 'test/fixtures/kubernetes-validate/requirements.lock');
  const digest = createHash('sha256').update(fs.readFileSync(lock)).digest('hex').slice(0, 16);
  const wheels = join(cache, 'python', `kubernetes-validate-${digest}`);
  if (!fs.existsSync(wheels)) {
    const fresh = `${wheels}.${process.pid}`;
    const options = ['--quiet', '--no-deps', '--only-binary=:all:', '--require-hashes', '--target', fresh];
    const { status, output } = run([python, '-m', 'pip', 'install', ...options, '--requirement', lock]);
    if (status !== 0) throw new Error(output);
    fs.renameSync(fresh, wheels);
  }
  return wheels;
}

/** The one that the locked wheels are for. */
const python = '/usr/bin/python3.11';
