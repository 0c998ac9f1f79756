import { type Component, labelOf, shownPlatform } from '../components';
import { WIDTH } from '../draw/drawing';
import { drawFilling, FILLING_HEIGHT, kindName } from '../draw/filling';
import { drawSizes } from '../draw/sizes';
import { drawStarts } from '../draw/starts';
import { drawTrend } from '../draw/trend';
import { formatShare } from '../format';
import type { Figures } from '../history';
import { type FillingMarks, fillingMarks } from '../marks/filling';
import { sizeMarks } from '../marks/sizes';
import { startMarks } from '../marks/starts';
import { trendMarks } from '../marks/trend';
import { html, type Markup } from '../markup';
import { budgetTable, tables } from './tables';

/** The section of a project: charts, notes on what was not measured, and all figures as tables. */
export function section(id: string, component: Component, history: readonly Figures[]): Markup {
  const { project, images } = component;
  const [main] = images;
  const { platform } = shownPlatform(main);
  const filling = fillingMarks(main, WIDTH, FILLING_HEIGHT);
  const figures = [
    figure(
      'Sizes',
      `Uncompressed, ${platform}. Grey: from the base.`,
      drawSizes(`${id}-sizes`, project, sizeMarks(component)),
    ),
    filling &&
      figure(
        'What fills it',
        `${labelOf(main)}, ${filling.platform}, uncompressed.`,
        html`${drawFilling(`${id}-filling`, main.image, filling)}${legend(filling)}`,
      ),
    startMarks(component).map((marks) =>
      figure(
        marks.where === 'bare' ? 'Time to ready' : 'Time to ready in a container',
        'A thin line for each run; thick: the median, with its 95 % confidence in grey.',
        drawStarts(`${id}-${marks.where}`, project, marks),
      ),
    ),
    trendMarks(main, history).map((marks) =>
      figure(
        marks.what === 'size' ? 'Size by commit' : 'Start by commit',
        marks.what === 'size'
          ? 'The scale does not begin at zero.'
          : 'Multiple of the floor, of one machine.',
        drawTrend(`${id}-trend-${marks.what}`, main.image, marks),
      ),
    ),
  ];
  return html`<section id="${id}" aria-labelledby="${id}-name"><h2 id="${id}-name">${project} ${main.kind !== 'other' && html`<span class="kind">${main.kind}</span>`}</h2>${noise(component)}<div class="cards">${figures}</div>${budgetTable(component)}<details><summary>Figures of ${project} as tables</summary>${tables(component, history)}${skipped(component)}</details></section>`;
}

function figure(title: string, about: string, content: Markup): Markup {
  return html`<figure><figcaption><h3>${title}</h3>${about}</figcaption>${content}</figure>`;
}

function legend({ kinds }: FillingMarks): Markup {
  const entries = kinds.map(
    ({ kind, share }) =>
      html`<li><svg viewBox="0 0 1 1" aria-hidden="true"><rect width="1" height="1" fill="var(--kind-${kind})"/></svg>${kindName[kind]} ${formatShare(share)}</li>`,
  );
  return html`<ul class="kinds">${entries}</ul>`;
}

function noise({ images }: Component): Markup | undefined {
  const noisy = images.find(({ start }) => start?.noise.tooNoisy)?.start?.noise;
  if (!noisy) return undefined;
  const [spread, limit] = [noisy.spread, noisy.limit].map(formatShare);
  return html`<p class="note">The machine was too noisy to judge times: the same calculation had a spread of ${spread}, and the limit is ${limit}.</p>`;
}

/** Each reason once, although several images have it. */
function skipped({ images }: Component): Markup[] {
  const texts = images.flatMap((report) =>
    report.skipped.map(({ what, why }) => `Not measured: ${what} (${why}).`),
  );
  return [...new Set(texts)].map((text) => html`<p class="about">${text}</p>`);
}
