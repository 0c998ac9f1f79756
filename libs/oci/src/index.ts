export type { BaseImage, BasePlatform } from './baseImage';
export { type BuiltImage, buildImage, type PlatformInput } from './buildImage';
export { canonicalJson, type Json } from './canonicalJson';
export { checkManifests } from './checkImage';
export { CHUNK_SIZE, warmCompressor } from './compress';
export { decompressLayer } from './decompress';
export { type Blob, type Descriptor, describeBytes, type Platform, platformName } from './descriptor';
export { type Digest, digestOf, hexOf, isDigest } from './digest';
export {
  type DigestJson,
  encodeDigestJson,
  type ImageLayer,
  listAllBlobs,
  listOwnBlobs,
  makeDigestJsonSchema,
  type PlatformImage,
  parseDigestJson,
} from './digestJson';
export {
  blobPath,
  type ContentStore,
  hasBlob,
  ingestBlob,
  linkBlob,
  openContentStore,
  putBlob,
  putBlobs,
  readBlob,
  sweepStore,
  verifyBlob,
} from './disk/contentStore';
export { type BlobSources, gatherBlobs } from './disk/findBlobs';
export { hashFile } from './disk/hashFile';
export { encodeIndexFile, encodeLayoutFile, INDEX_FILE, LAYOUT_FILE } from './disk/layout';
export { materialize } from './disk/materialize';
export { measureLayer } from './disk/measureLayer';
export { publishImage } from './disk/publishImage';
export { type Layer, putLayer, writeLayerTar } from './disk/putLayer';
export { type Programs, readPrograms } from './disk/readPrograms';
export { validateLayout } from './disk/validateLayout';
export { readDigestJson, verifyImage } from './disk/verifyImage';
export { visitLayer } from './disk/visitLayer';
export { writeDockerArchive } from './disk/writeDockerArchive';
export { writeOciArchive } from './disk/writeOciArchive';
export { elfArchitecture, elfHeaderSize } from './elf';
export {
  type Content,
  contentSize,
  type Entry,
  type EntryHeader,
  type LayerEntries,
  opaqueWhiteout,
  whiteout,
} from './entry';
export { buildConfig, type HistoryStep, type ImageSettings } from './imageConfig';
export { type Compression, compressionOf, LAYER_TYPES, MANIFEST_TYPE } from './mediaTypes';
export { orderEntries } from './orderEntries';
export { planTar } from './planTar';
export { type ImageConfig, parseConfig } from './readConfig';
export { type LayerItem, readLayer } from './readLayer';
export { hasChecksum as isTarHeader } from './tar/header';
