export { builderOf } from './claims/builder';
export { makeProvenance, type ProvenanceFacts, type SourceFacts, sourceUri } from './claims/provenance';
export { predicateTypes } from './claims/statement';
export { type Cosign, openCosign } from './cosign/cosign';
export { checkCosign, findCosign } from './cosign/findCosign';
export { type Attestation, type Signed, type Signer, type SignRequest, signImage } from './signImage';
