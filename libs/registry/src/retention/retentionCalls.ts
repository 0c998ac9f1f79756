import type { Destination } from '../push/destination';
import { type Connection, pushCalls, reachOptions } from '../push/pushCalls';
import { formatReference, type Reference } from '../reference';
import { skopeo } from '../skopeo';

type Argv = readonly [string, ...string[]];

/** Calls of skopeo that list and clear a repository, as argument vectors. */
export function retentionCalls(connection: Connection) {
  return {
    read: pushCalls(connection).read,
    config: (image: Reference): Argv => skopeo.config(image, connection),
    tags: (place: Destination): Argv => [
      'skopeo',
      'list-tags',
      ...reachOptions('', connection, place),
      `docker://${place.registry}/${place.repository}`,
    ],
    /** Deletes a manifest, and so all its tags. `image` has a digest. */
    remove: (image: Reference): Argv => [
      'skopeo',
      'delete',
      ...reachOptions('', connection, image),
      `docker://${formatReference(image)}`,
    ],
  };
}

export type RetentionCalls = ReturnType<typeof retentionCalls>;
