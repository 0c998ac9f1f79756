/** Text that is HTML already. Only `html` and the charts make it. */
export class Markup {
  constructor(readonly text: string) {}
}

type Value = string | number | Markup | undefined | false | readonly Value[];

/** A template whose values are escaped, unless they are `Markup`. Attributes need quotes. Nothing for undefined and false. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(strings.reduce((text, string, at) => text + print(values[at - 1]) + string));
}

function print(value: Value): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(print).join('');
  return escapeText(String(value));
}

function escapeText(text: string): string {
  return withoutControls(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** HTML forbids control characters. */
export function withoutControls(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => (/[\t\n\r]/.test(character) ? ' ' : '\uFFFD'));
}
