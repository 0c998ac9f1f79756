import { html, type Markup } from '../markup';

interface Column {
  readonly name: string;
  readonly number?: true;
  readonly wide?: true;
}

type Cell = string | Markup;

/** A table that scrolls by itself where it is wider than the screen, also by keyboard. The first cell of a row names it. */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): Markup {
  const classOf = (at: number) => (columns[at]?.number ? 'number' : columns[at]?.wide ? 'bar' : '');
  const attributes = (at: number) => classOf(at) !== '' && html` class="${classOf(at)}"`;
  const head = columns.map(({ name }, at) => html`<th scope="col"${attributes(at)}>${name}</th>`);
  const body = rows.map(([first, ...rest]) => {
    const cells = rest.map((cell, at) => html`<td${attributes(at + 1)}>${cell}</td>`);
    return html`<tr><th scope="row">${first}</th>${cells}</tr>`;
  });
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}"><table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}
