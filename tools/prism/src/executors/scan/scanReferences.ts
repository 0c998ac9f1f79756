import type { ExecutorContext } from '@nx/devkit';
import { ok, type Result, renderFailure } from '@prism-build/errors';
import type { RegistryAccess } from '../../nx/openPull';
import type { OpenedImage, OpenedScanner } from '../../scanning/openImage';
import { openRegistryImage } from '../../scanning/openRegistryImage';
import { checkAccess, withAccess } from '../../scanning/withAccess';
import type { ScanOptions } from './options';

/** What images of registries are scanned with. */
interface Scanning {
  readonly options: ScanOptions;
  readonly context: ExecutorContext;
  readonly scanner: OpenedScanner;
  /** How to reach the registries; undefined: as the options and the environment say. */
  readonly registry: RegistryAccess | undefined;
}

/** The result for an image. */
interface Outcome {
  readonly text: string;
  readonly allowed: boolean;
}

type JudgeImage = (name: string, opened: OpenedImage) => Promise<Result<Outcome>>;

/** Scans each image, also after one that fails, and ends with a list of those that may not be used. */
export async function scanReferences(
  references: readonly string[],
  scanning: Scanning,
  judge: JudgeImage,
): Promise<Result<Outcome>> {
  const checked = scanning.registry ? ok(undefined) : checkAccess(references, process.env);
  if (!checked.ok) return checked;
  const outcomes: (Outcome & { readonly name: string })[] = [];
  for (const text of references) {
    const judged = await scanReference(text, scanning, judge);
    const failure = judged.ok ? '' : judged.failures.map((one) => `${renderFailure(one)}\n`).join('');
    const refused = { name: text, text: `${text}: not scanned\n${failure}`, allowed: false };
    outcomes.push(judged.ok ? judged.value : refused);
  }
  const blocked = outcomes.filter(({ allowed }) => !allowed);
  const list = references.length > 1 && blocked.length > 0 && isTable(scanning.options);
  const end = list ? `not allowed:\n${blocked.map(({ name }) => `  ${name}\n`).join('')}` : '';
  return ok({ text: outcomes.map(({ text }) => text).join('') + end, allowed: blocked.length === 0 });
}

function scanReference(text: string, { scanner, context, options, registry }: Scanning, judge: JudgeImage) {
  const scan = async (access: RegistryAccess) => {
    const opened = await openRegistryImage(text, scanner, context, access);
    if (!opened.ok) return opened;
    const name = opened.value.reference;
    const judged = await judge(name, opened.value);
    return judged.ok ? ok({ name, ...judged.value }) : judged;
  };
  return registry ? scan(registry) : withAccess(text, context.root, options, scan);
}

/** Whether the terminal shows tables only; other forms are for programs. */
function isTable({ json, format, output }: ScanOptions): boolean {
  return !json && (output !== undefined || format.every((one) => one === 'table'));
}
