import { buildImage, openContentStore, publishImage, putBlobs, putLayer } from '../../src/index';
import { AMD64, ARM64, good, sampleTree } from '../images';

/**
 * Builds and publishes an image, as one run of the build does: node publish.cjs <store> <dir> <lock> <text>.
 * A process of its own, so that it can be killed, and run with another umask and time zone.
 */
async function main(): Promise<void> {
  const [directory, dir, lockPath, text] = process.argv.slice(2) as [string, string, string, string];
  process.stdout.write('building\n');
  const store = good(await openContentStore(directory));
  const layer = good(await putLayer(store, sampleTree(text.repeat(100_000)), { compression: 'zstd' }));
  const layers = [{ ...layer, origin: 'own' as const }];
  const built = good(buildImage([AMD64, ARM64].map((platform) => ({ platform, settings: {}, layers }))));
  good(await putBlobs(store, built.blobs));
  process.stdout.write('publishing\n');
  good(await publishImage(dir, { digestJson: built.digestJson, store, lockPath }));
  process.stdout.write(`${built.digestJson.index.digest}\n`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
