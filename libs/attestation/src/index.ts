export { builderOf } from './claims/builder';
export {
  isClean,
  isReproducible,
  makeProvenance,
  type Provenance,
  type SourceFacts,
  sourceOf,
  sourceUri,
} from './claims/provenance';
export { predicateTypes } from './claims/statement';
export { type Cosign, openCosign } from './cosign/cosign';
export { checkCosign, findCosign } from './cosign/findCosign';
export type { KeylessSigner, KeySigner, Signer } from './cosign/signer';
export type { PublicKey } from './cosign/trusted';
export { identityOf } from './keyless/identity';
export { readToken } from './keyless/readToken';
export { openRoots } from './keyless/roots';
export { type Attestation, signImage } from './signImage';
export { podmanFiles } from './verify/podmanPolicy';
export { readKeys, type Verification, verifyImage } from './verify/verifyImage';
export {
  findRule,
  makeVerifyPolicySchema,
  parseVerifyPolicy,
  type VerifyPolicy,
} from './verify/verifyPolicy';
