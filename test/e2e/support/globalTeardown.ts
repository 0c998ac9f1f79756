import { base } from './base';
import { removeDirectory } from './directory';

export default async function globalTeardown(): Promise<void> {
  if (!process.env.PRISM_E2E_KEEP) await removeDirectory(base());
}
