import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, run } from '@prism-build/shell';
import { installCosign } from '../../../test/support/cosign';
import { type Kms, startAwsKms, startVault } from '../../../test/support/kms';
import { describeWith, dockerRegistry, openssl, skopeo } from '../../../test/support/needs';
import { makeRegistry, type Registry } from '../../../test/support/registry';
import { good } from '../../registry/test/images';
import { openCosign, signImage } from '../src';
import { putManifest } from './putManifest';

const secret = 'the secret of the KMS';

describeWith([skopeo, dockerRegistry, openssl], 'keys of a KMS', () => {
  let directory: string;
  let program: string;
  let registry: Registry;
  let commands: Command[];
  const path = (name: string) => join(directory, name);

  beforeAll(async () => {
    directory = fs.mkdtempSync(join(tmpdir(), 'prism-kms-'));
    program = installCosign();
    registry = await makeRegistry(path('registry'), 'memory');
    fs.mkdirSync(path('docker'));
    fs.copyFileSync(registry.authFile(), path('docker/config.json'));
  });
  afterAll(async () => {
    await registry?.stop();
    if (directory) fs.rmSync(directory, { recursive: true, force: true });
  });
  beforeEach(() => {
    commands = [];
  });

  const open = (env: Readonly<Record<string, string>>, using = program) =>
    openCosign({
      run: (command) => {
        commands.push(command);
        return run(command);
      },
      program: using,
      connection: { allowHttp: [] },
      timeout: 20_000,
      patience: { attempts: 1, delay: 0, sleep: () => Promise.resolve(), random: () => 0 },
      env: { PATH: process.env.PATH!, HOME: directory, DOCKER_CONFIG: path('docker'), ...env },
    });

  async function signTwice(kms: Kms, operation: string, using?: string) {
    const cosign = open(kms.env, using);
    const signer = { key: kms.key, trusted: good(await cosign.readKey(kms.key)) };
    const to = { registry: registry.host, repository: 'app' };
    const digest = await putManifest(registry, to.repository);
    const attestations = [{ digest, kind: 'sbom' as const, predicate: { bomFormat: 'CycloneDX' } }];
    const request = { to, digests: [digest], attestations };
    const sign = () => signImage(cosign, signer, request, path('lock'));
    expect(good(await sign())).toEqual({ signatures: 1, attestations: 1 });
    expect(kms.asked.filter((one) => one === operation)).toHaveLength(2);
    expect(good(await sign())).toEqual({ signatures: 0, attestations: 0 });
    // Verification needs only the public key: its environment has no credentials of the KMS.
    const claims = good(await open({}).readSignatures({ ...to, digest }, signer.trusted));
    expect(claims).toEqual([{ digest, repository: `${to.registry}/${to.repository}` }]);
    expect(JSON.stringify(commands.map(({ argv }) => argv))).not.toContain(secret);
  }

  test('AWS signs and attests; no secret is an argument', async () => {
    const kms = await startAwsKms(path('aws'), secret);
    try {
      await signTwice(kms, 'TrentService.Sign');
    } finally {
      await kms.close();
    }
    const gone = JSON.stringify(await open(kms.env).readKey(kms.key));
    expect(gone).toMatch(/SIGN_KEY_INVALID.*connection refused/);
    expect(gone).not.toContain(secret);
  });

  test('Vault signs with a cosign that has its driver; that of install-cosign says that it has none', async () => {
    const vault = await startVault(path('vault'), secret);
    const full = process.env.PRISM_TEST_COSIGN;
    try {
      const read = JSON.stringify(await open(vault.env).readKey(vault.key));
      expect(read).toMatch(/SIGN_COSIGN_UNSUPPORTED.*it has no driver for hashivault:.*PRISM_COSIGN/);
      if (full === undefined) return;
      await signTwice(vault, '/v1/transit/sign/release/sha2-256', full);
      const refused = await open({ ...vault.env, VAULT_TOKEN: `not ${secret}` }, full).readKey(vault.key);
      expect(JSON.stringify(refused)).toMatch(/SIGN_KEY_INVALID.*permission denied/);
      expect(JSON.stringify(refused)).not.toContain(secret);
    } finally {
      await vault.close();
    }
  });
});
