import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from './workspace';

/** A component that needs no compiler: one file on scratch. */
export function writePlain(workspace: Workspace, name: string, content = name): void {
  workspace.write(`svc/${name}/Containerfile`, 'FROM scratch\nCOPY hello /hello\n');
  workspace.write(`svc/${name}/hello`, content);
}

export const goStage = (name: string): string =>
  `FROM localhost/p/base-go-builder AS compile\nWORKDIR /src\nCOPY . .\nRUN ["compile-go","./cmd/${name}"]\n`;

/** A component in Go. The pin selects the compiler. */
export function writeGo(workspace: Workspace, name: string, main = 'package main\nfunc main() {}\n'): void {
  workspace.write(
    `svc/${name}/Containerfile`,
    `${goStage(name)}FROM scratch\nCOPY --from=compile /out/${name} /${name}\n`,
  );
  workspace.write(`svc/${name}/go.mod`, `module example.com/${name}\n\ngo 1.21\n`);
  workspace.write(`svc/${name}/cmd/${name}/main.go`, main);
}

export function writePin(workspace: Workspace, version: string, language = 'go'): void {
  workspace.write('containerfiles/go-builder/pin.json', JSON.stringify({ language, version }));
}

/** The digest of a built image; throws if there is none. */
export function digestOf(workspace: Workspace, name: string): string {
  return JSON.parse(workspace.read(`dist/images/${name}/digest.json`)).index.digest;
}

/** Blobs of the store with their inodes: a blob that is assembled again gets a new inode, even if its bytes are equal. */
export function storedBlobs(workspace: Workspace): string[] {
  const directory = workspace.path('.prism/store/blobs/sha256');
  return readdirSync(directory).map((name) => `${name} ${statSync(join(directory, name)).ino}`);
}
