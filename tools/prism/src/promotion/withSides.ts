import type { Result } from '@prism-build/errors';
import { type Destination, pushCalls, type Side, withCredentials } from '@prism-build/registry';
import { run } from '@prism-build/shell';
import type { Reach } from '../signing/reach';

type Environment = Readonly<Record<string, string>>;

/** One side of a promotion, and the environment in which cosign finds its credentials. */
export interface OpenedSide extends Side {
  readonly env: Environment | undefined;
}

/**
 * Gives `work` access to two repositories. PRISM_REGISTRY_USER and PRISM_REGISTRY_PASSWORD are for the registry that an image
 * goes to.
 */
export function withSides<T>(
  from: Destination,
  to: Destination,
  reach: Reach,
  work: (from: OpenedSide, to: OpenedSide) => Promise<Result<T>>,
): Promise<Result<T>> {
  const { PRISM_REGISTRY_USER: _user, PRISM_REGISTRY_PASSWORD: _password, ...others } = process.env;
  const env = Object.fromEntries(
    Object.entries(others).filter((one): one is [string, string] => one[1] !== undefined),
  );
  const open = (place: Destination, made: Environment | undefined): OpenedSide => {
    // Each side names its file, because one variable cannot name two.
    const connection = { ...reach.connection, authFile: made?.REGISTRY_AUTH_FILE };
    const tools = {
      run,
      calls: pushCalls(connection),
      timeout: reach.timeout,
      patience: reach.patience,
      env,
    };
    return { place, connection, tools, env: made };
  };
  return withCredentials(to.registry, process.env, (toEnv) =>
    from.registry === to.registry
      ? work(open(from, toEnv), open(to, toEnv))
      : withCredentials(from.registry, env, (fromEnv) => work(open(from, fromEnv), open(to, toEnv))),
  );
}
