import parse from 'spdx-expression-parse';
import satisfies from 'spdx-satisfies';

/** A package of an image and its licence. */
export interface LicensedPackage {
  readonly package: string;
  readonly version: string;
  readonly purl?: string | undefined;
  /** As the inventory has it: an expression of SPDX, some other text, or undefined. */
  readonly license: string | undefined;
}

interface LicenseLists {
  readonly allow?: readonly string[] | undefined;
  readonly deny?: readonly string[] | undefined;
}

type Expression = ReturnType<typeof parse>;

/** Whether a text is a single licence of SPDX, maybe with `+` or an exception. */
export function isLicense(text: string): boolean {
  const parsed = tryParse(text);
  return parsed !== undefined && 'license' in parsed;
}

/**
 * Judges a licence by SPDX expression: of `A OR B` one must be good, of `A AND B` both. A licence is good if the list of
 * allowed ones covers it, or there is none, and the list of denied ones does not. `unknown` if the text is no expression
 * of SPDX.
 */
export function judgeLicense(
  text: string | undefined,
  lists: LicenseLists,
): 'allowed' | 'denied' | 'unknown' {
  const parsed = text === undefined ? undefined : tryParse(text);
  if (!parsed) return 'unknown';
  return isGood(parsed, lists) ? 'allowed' : 'denied';
}

function isGood(expression: Expression, lists: LicenseLists): boolean {
  if ('conjunction' in expression) {
    const [left, right] = [isGood(expression.left, lists), isGood(expression.right, lists)];
    return expression.conjunction === 'or' ? left || right : left && right;
  }
  const { license, plus = false, exception } = expression;
  const text = `${license}${plus ? '+' : ''}${exception ? ` WITH ${exception}` : ''}`;
  const { allow, deny = [] } = lists;
  return (allow === undefined || covers(text, allow)) && !covers(text, deny);
}

function covers(text: string, list: readonly string[]): boolean {
  // A text of LicenseRef-… is not in the ranges of the library.
  if (list.includes(text)) return true;
  const known = list.filter((one) => !/^(LicenseRef|DocumentRef)-/.test(one));
  if (known.length === 0 || /^(LicenseRef|DocumentRef)-/.test(text)) return false;
  return satisfies(text, known);
}

function tryParse(text: string): Expression | undefined {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
