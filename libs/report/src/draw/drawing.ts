import { type Markish, type PlotOptions, plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { Markup, withoutControls } from '../markup';

/** Units of every chart: as wide as a phone shows without scaling. */
export const WIDTH = 360;

/** What a chart says to those who do not see it. */
export interface Said {
  /** Unique in the page; letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

/** What is used of an element: the types of linkedom need those of a browser. */
interface Element {
  readonly outerHTML: string;
  textContent: string;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  querySelectorAll(selector: string): Element[];
  prepend(...elements: Element[]): void;
  remove(): void;
  replaceWith(element: Element): void;
  getAttributeNames(): string[];
  readonly children: readonly Element[];
  readonly localName: string;
  readonly ownerDocument: { createElementNS(namespace: string, name: string): Element };
}

const SVG = 'http://www.w3.org/2000/svg';

/**
 * A chart as an SVG with a title and a description, which a page can hold as it is: no styles, scripts or identifiers besides
 * those of `said`.
 */
export function draw({ id, title, description }: Said, options: PlotOptions, marks: Markish[]): Markup {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = plot({
    color: { type: 'identity' },
    ...options,
    document,
    width: WIDTH,
    marks,
  }) as unknown as Element;
  for (const style of svg.querySelectorAll('style')) style.remove();
  // Of an image, only its title and description are read.
  for (const name of ['aria-label', 'aria-hidden'])
    for (const element of svg.querySelectorAll(`[${name}]`)) element.removeAttribute(name);
  for (const name of ['class', 'font-family', 'font-size', 'fill']) svg.removeAttribute(name);
  const say = (name: string, text: string) => {
    const element: Element = document.createElementNS(SVG, name);
    element.setAttribute('id', `${id}-${name}`);
    element.textContent = text;
    return element;
  };
  svg.prepend(say('title', title), say('desc', description));
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-labelledby', `${id}-title`);
  svg.setAttribute('aria-describedby', `${id}-desc`);
  for (const element of svg.querySelectorAll('*')) roundNumbers(element);
  for (const group of svg.querySelectorAll('g')) joinLines(group);
  return new Markup(withoutControls(svg.outerHTML));
}

/** Coordinates of fourteen digits are half of a chart's size. */
function roundNumbers(element: Element): void {
  for (const name of ['d', 'x', 'y', 'x1', 'x2', 'y1', 'y2', 'cx', 'cy', 'width', 'height', 'transform']) {
    const value = element.getAttribute(name);
    if (value?.includes('.'))
      element.setAttribute(
        name,
        value.replaceAll(/-?\d+\.\d+/g, (number) => String(Number(Number(number).toFixed(1)))),
      );
  }
}

/** The lines of a group as one path, which is half as long. Lines with words of their own stay. */
function joinLines(group: Element): void {
  const lines = [...group.children];
  if (lines.length < 2 || !lines.every((one) => one.localName === 'line' && isPlain(one))) return;
  const [first, ...rest] = lines;
  const at = (line: Element, x: string, y: string) => `${line.getAttribute(x)} ${line.getAttribute(y)}`;
  const d = lines.map((line) => `M${at(line, 'x1', 'y1')}L${at(line, 'x2', 'y2')}`).join('');
  const path: Element = group.ownerDocument.createElementNS(SVG, 'path');
  path.setAttribute('d', d);
  first!.replaceWith(path);
  for (const line of rest) line.remove();
}

const isPlain = (line: Element) =>
  line.children.length === 0 && line.getAttributeNames().every((name) => /^[xy][12]$/.test(name));

/** Words above a row: its name on the left, its figures on the right. */
const above = { dy: -10, lineAnchor: 'middle' } as const;
export const label = { ...above, frameAnchor: 'left', textAnchor: 'start', fontWeight: 600 } as const;
export const besides = { ...above, frameAnchor: 'right', textAnchor: 'end' } as const;
