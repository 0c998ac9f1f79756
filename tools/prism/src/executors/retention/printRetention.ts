import type { Destination, RetentionPlan, StoredManifest } from '@prism-build/registry';
import type { RetentionOptions } from './options';

/** What a repository keeps and may delete, as a table or as one line of JSON. */
export function printRetention(
  { registry, repository }: Destination,
  { keep, remove }: RetentionPlan,
  options: RetentionOptions,
  removed: readonly StoredManifest[],
): string {
  if (options.json) {
    const show = ({ digest, tags }: StoredManifest) => ({ digest, tags });
    const kept = keep.map(({ manifest, why }) => ({ ...show(manifest), why }));
    const place = { registry, repository };
    return `${JSON.stringify({ ...place, keep: kept, remove: remove.map(show), removed: removed.map(show) })}\n`;
  }
  const line = ({ digest, tags, subjects }: StoredManifest, why: string) => {
    const name = tags.join(', ') || (subjects.length > 0 ? '(attached)' : '(no tag)');
    return `  ${digest.slice(0, 19)}  ${name}  ${why}`;
  };
  const images = keep.filter(({ why }) => !/^(part of|attached to) /.test(why));
  const end = options.delete ? `deleted ${removed.length}` : 'nothing is deleted without --delete';
  return [
    `${registry}/${repository}: ${keep.length} stay, ${remove.length} may go; ${end}`,
    'stay (with their parts and what is attached):',
    ...images.map(({ manifest, why }) => line(manifest, why)),
    'may go:',
    ...remove.map((manifest) => line(manifest, '')),
    '',
  ]
    .map((text) => text.trimEnd())
    .join('\n');
}
