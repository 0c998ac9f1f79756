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
export { type Cosign, openCosign, type PublicKey } from './cosign/cosign';
export { checkCosign, findCosign } from './cosign/findCosign';
export { type Attestation, type Signer, signImage } from './signImage';
export { podmanFiles } from './verify/podmanPolicy';
export { readKeys, type Verification, verifyImage } from './verify/verifyImage';
export { makeVerifyPolicySchema, parseVerifyPolicy, type VerifyPolicy } from './verify/verifyPolicy';
