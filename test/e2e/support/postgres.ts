import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { which } from '../../support/needs';
import { makeDirectory, removeDirectory } from './directory';
import { type Argv, run, tryRun } from './run';
import { until } from './until';

/** A private PostgreSQL server on its own address. */
export class PostgresServer {
  #home = '';
  #bin = '';
  #server: ChildProcess | undefined;

  constructor(readonly address: string) {}

  get url(): string {
    return `postgres://postgres@${this.address}:5432/postgres?sslmode=disable`;
  }

  async init(): Promise<void> {
    this.#bin = findBinaries();
    this.#home = makeDirectory('postgresql');
    if (process.getuid?.() === 0) await run(['chown', 'postgres', this.#home]);
    const rules = ['-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'];
    await run(this.#argv('initdb', '-D', this.#data, ...rules), { cwd: this.#home });
  }

  async start(): Promise<void> {
    const settings = [`listen_addresses=${this.address}`, 'unix_socket_directories=', 'fsync=off'];
    const args = ['-D', this.#data, '-p', '5432', ...settings.flatMap((setting) => ['-c', setting])];
    const urgent = process.getuid?.() === 0 ? (['nice', '-n', '-15'] as const) : [];
    const [file, ...rest] = [...urgent, ...this.#argv('postgres', ...args)] as unknown as Argv;
    this.#server = spawn(file, rest, { cwd: this.#home, stdio: 'ignore' });
    const ask = () => tryRun([join(this.#bin, 'pg_isready'), '-q', '-h', this.address]);
    await until('PostgreSQL answers', 60_000, async () => (await ask()).code === 0);
  }

  query(sql: string): Promise<string> {
    const psql = [join(this.#bin, 'psql'), '-XAtq', this.url, '-c', sql] as const;
    return run(psql).then((text) => text.trim());
  }

  /** Kills the server, as a crash would; the data remain. */
  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGQUIT');
    await ended;
  }

  async close(): Promise<void> {
    await this.kill();
    if (this.#home) await removeDirectory(this.#home);
  }

  get #data(): string {
    return join(this.#home, 'data');
  }

  /** PostgreSQL refuses to run as root. */
  #argv(program: string, ...args: string[]): Argv {
    const own = [join(this.#bin, program), ...args] as const;
    if (process.getuid?.() !== 0) return own;
    return [
      'setpriv',
      '--reuid=postgres',
      '--regid=postgres',
      '--clear-groups',
      '--pdeathsig',
      'QUIT',
      ...own,
    ];
  }
}

/** Debian's directory of versions, otherwise the directory of initdb on PATH. */
function findBinaries(): string {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(a) - Number(b)) : [];
  const found = versions.map((version) => join(debian, version, 'bin/initdb')).findLast(existsSync);
  return dirname(realpathSync(found ?? which('initdb') ?? '/initdb'));
}
