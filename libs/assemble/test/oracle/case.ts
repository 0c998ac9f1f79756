import type { OracleBase } from './bases';

/** A file of the context: text, bytes with a mode, a link, or an empty directory. Parents are made, 0755. */
export type ContextEntry =
  | string
  | { readonly bytes: string | Uint8Array; readonly mode?: number }
  | { readonly link: string }
  | { readonly hardlink: string }
  | { readonly directory: number };

/** An input for both builders, and how far their answers may differ. */
export interface OracleCase {
  readonly name: string;
  readonly containerfile: string;
  /** Images by the names that the Containerfile has for them. */
  readonly bases?: Readonly<Record<string, OracleBase>> | undefined;
  readonly context?: Readonly<Record<string, ContextEntry>> | undefined;
  readonly buildArgs?: Readonly<Record<string, string>> | undefined;
  readonly target?: string | undefined;
  /** linux/amd64 when not given. */
  readonly platform?: string | undefined;
  /** Field (`/path mode`, `config.Env`) to the reason why ours is another; one that does not occur fails. */
  readonly differences?: Readonly<Record<string, string>> | undefined;
  /** Who refuses the input. `code` is ours, `reason` is needed where only one does. */
  readonly refused?:
    | { readonly by: 'both'; readonly code: string }
    | { readonly by: 'native'; readonly code: string; readonly reason: string }
    | { readonly by: 'podman'; readonly reason: string }
    | undefined;
}

/** What one builder made of a case: properties by field, or why it refused. */
export type Answer =
  | { readonly kind: 'image'; readonly fields: ReadonlyMap<string, string> }
  | { readonly kind: 'refusal'; readonly code: string; readonly text: string };
