import type { JudgedBudget } from '@prism-build/measure';
import { html, type Markup } from '../markup';

const signs = { within: '✓', over: '✕', unclear: '?', unmeasured: '–' } as const;

/** A verdict by sign and word; the colour only repeats it. */
export function verdict(value: JudgedBudget['verdict'], text: string = value): Markup {
  return html`<span class="verdict ${value}"><span aria-hidden="true">${signs[value]}</span> ${text}</span>`;
}

export const budgetNames = {
  maxSize: 'size',
  maxStartup: 'start',
  maxMemory: 'memory',
  maxGrowth: 'growth',
} as const;
