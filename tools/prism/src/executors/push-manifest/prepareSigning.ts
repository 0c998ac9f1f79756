import type { ExecutorContext } from '@nx/devkit';
import { type Attestation, predicateTypes, type Signer, signImage } from '@prism-build/attestation';
import { failed, failuresOf, ok, type Result } from '@prism-build/errors';
import type { PushPlan, SignedRecord } from '@prism-build/registry';
import { directoriesOf, lockPath } from '@prism-build/workspace';
import type { VerifiedImage } from '../../nx/readVerifiedImage';
import type { OpenScanner } from '../../scanning/openImage';
import { gatherProvenance } from '../../signing/gatherProvenance';
import { type CosignIn, describeSigner } from '../../signing/openSigner';
import { readSboms } from '../../signing/readSboms';
import type { RecordEvent } from './recorder';

/** What is signed, and by whom. */
export interface Signing {
  readonly project: string;
  readonly variant: string | undefined;
  readonly builderId: string | undefined;
  readonly context: ExecutorContext;
  readonly signer: Signer;
  readonly cosignIn: CosignIn;
  readonly openScanner: OpenScanner;
  readonly record: RecordEvent;
}

/** Signs what a push has sent, and the record for its receipt. */
interface Prepared {
  readonly sign: (env: Readonly<Record<string, string>> | undefined) => Promise<Result<unknown>>;
  readonly record: SignedRecord;
}

/** Gathers the attestations of all platforms before anything is sent. */
export async function prepareSigning(
  plan: PushPlan,
  { image }: VerifiedImage,
  { project, variant, builderId, context, signer, cosignIn, openScanner, record }: Signing,
): Promise<Result<Prepared>> {
  const provenance = await gatherProvenance(image, { project, variant, builderId, context });
  const sboms = await readSboms(project, variant, context, openScanner);
  if (!provenance.ok || !sboms.ok) return failed(...failuresOf(provenance, sboms));
  const attestations = plan.platforms.flatMap(({ manifest: { digest } }): Attestation[] => [
    { digest, kind: 'provenance', predicate: provenance.value },
    { digest, kind: 'sbom', predicate: sboms.value.get(digest) },
  ]);
  const digests = [plan.index.digest, ...plan.platforms.map(({ manifest }) => manifest.digest)];
  const { registry, repository } = plan.destination;
  const lock = lockPath(directoriesOf(context.root, process.env), `sign-${registry}/${repository}`);
  const request = { to: plan.destination, digests, attestations };
  const { key, identity } = describeSigner(signer);
  return ok({
    sign: async (env) => {
      const signed = await signImage(cosignIn(env), signer, request, lock);
      // How many were added; the others were there.
      const added = signed.ok
        ? { signatures: `${signed.value.signatures}`, attestations: `${signed.value.attestations}` }
        : {};
      const recorded = await record('sign', signed.ok ? 'done' : 'failed', signed, {
        ...(key !== undefined && { key }),
        ...identity,
        ...added,
      });
      return signed.ok ? recorded : signed;
    },
    record: {
      ...(key !== undefined && { key }),
      ...(identity && { identity }),
      digests,
      attestations: attestations.map(({ digest, kind }) => ({ digest, predicateType: predicateTypes[kind] })),
    },
  });
}
