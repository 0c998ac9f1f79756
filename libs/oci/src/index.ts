export type { BaseImage, BasePlatform } from './baseImage';
export { type BuiltImage, buildImage, type PlatformInput } from './buildImage';
export { canonicalJson, type Json } from './canonicalJson';
export { checkConfig, checkManifests } from './checkImage';
export { CHUNK_SIZE, type CompressionOptions, warmCompressor } from './compress';
export { decompressLayer } from './decompress';
export { type Blob, type Descriptor, describeBytes, type Platform, platformName } from './descriptor';
export { DIGEST_PATTERN, type Digest, digestOf, hexOf, isDigest } from './digest';
export {
  type DigestJson,
  digestJson,
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
export { checkBlobFile, type Depth, hashFile } from './disk/hashFile';
export { encodeIndexFile, encodeLayoutFile, INDEX_FILE, LAYOUT_FILE } from './disk/layout';
export { type Materialization, materialize } from './disk/materialize';
export { type Measure, measureLayer } from './disk/measureLayer';
export { type Publication, publishImage } from './disk/publishImage';
export { type Layer, putLayer, writeLayerTar } from './disk/putLayer';
export { type ValidateOptions, validateLayout } from './disk/validateLayout';
export { readDigestJson, verifyImage } from './disk/verifyImage';
export { visitLayer } from './disk/visitLayer';
export { writeDockerArchive } from './disk/writeDockerArchive';
export { writeOciArchive } from './disk/writeOciArchive';
export {
  buildConfig,
  type ConfigInput,
  type Healthcheck,
  type HistoryStep,
  type ImageSettings,
} from './imageConfig';
export { buildIndex, buildManifest, type IndexChild } from './manifest';
export {
  CONFIG_TYPE,
  type Compression,
  compressionOf,
  INDEX_TYPE,
  LAYER_TYPES,
  MANIFEST_TYPE,
} from './mediaTypes';
export { orderTree } from './orderTree';
export { planTar, type TarPlan } from './planTar';
export { type ImageConfig, parseConfig } from './readConfig';
export { type LayerItem, readLayer } from './readLayer';
export { hasChecksum as isTarHeader } from './tar/header';
export {
  type Content,
  contentSize,
  type Entry,
  type EntryHeader,
  type FileEntry,
  opaqueWhiteout,
  type Tree,
  whiteout,
} from './tree';
