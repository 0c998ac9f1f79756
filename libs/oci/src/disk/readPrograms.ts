import type { Result } from '@prism-build/errors';
import type { Descriptor } from '../descriptor';
import { elfArchitecture, elfHeaderSize } from '../elf';
import type { LayerItem } from '../readLayer';
import type { ContentStore } from './contentStore';
import { catchFailures, unwrap } from './failures';
import { visitLayer } from './visitLayer';

/** What runs in an image. Paths are relative to its root. */
export interface Programs {
  /** The architecture of each executable ELF file. */
  readonly architectures: ReadonlyMap<string, string>;
  /** Symbolic links with their targets as they are written. */
  readonly links: ReadonlyMap<string, string>;
}

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

/** The programs and links of the layers of one platform, lowest first; each layer is verified. */
export function readPrograms(store: ContentStore, layers: readonly Descriptor[]): Promise<Result<Programs>> {
  return catchFailures(async () => {
    const architectures = new Map<string, string>();
    const links = new Map<string, string>();
    const remove = (gone: (path: string) => boolean) => {
      for (const map of [architectures, links])
        for (const path of map.keys()) if (gone(path)) map.delete(path);
    };
    for (const layer of layers) {
      const visited = await visitLayer(store, layer, async (item) => {
        const { header } = item;
        const hidden = hiddenBy(header.path);
        if (hidden) return remove(hidden);
        architectures.delete(header.path);
        links.delete(header.path);
        if (header.type === 'symlink') links.set(header.path, header.linkTarget);
        const found =
          header.type === 'hardlink' ? architectures.get(header.linkTarget) : await readArchitecture(item);
        if (found !== undefined) architectures.set(header.path, found);
      });
      unwrap(visited);
    }
    return { architectures, links };
  });
}

/** What a whiteout removes (OCI image-spec, layer.md); undefined for other entries. */
function hiddenBy(path: string): ((path: string) => boolean) | undefined {
  const cut = path.lastIndexOf('/') + 1;
  const [directory, name] = [path.slice(0, cut), path.slice(cut)];
  if (name === OPAQUE) return (one) => one.startsWith(directory);
  if (!name.startsWith(WHITEOUT)) return undefined;
  const gone = `${directory}${name.slice(WHITEOUT.length)}`;
  return (one) => one === gone || one.startsWith(`${gone}/`);
}

async function readArchitecture({ header, content, size }: LayerItem): Promise<string | undefined> {
  if (header.type !== 'file' || size < elfHeaderSize || (header.mode & 0o111) === 0) return undefined;
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of content) {
    parts.push(part.slice(0, elfHeaderSize));
    length += part.length;
    if (length >= elfHeaderSize) break;
  }
  return elfArchitecture(Buffer.concat(parts));
}
