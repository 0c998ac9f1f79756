import type { FixGroup } from './groupByFix';
import { printReachability } from './printReachability';
import type { ScanReport } from './schema';
import { selectParts } from './select';

interface Case {
  readonly name: string;
  /** Undefined if it passed. */
  readonly failure: { readonly message: string; readonly text: string } | undefined;
}

/** A report as JUnit XML: a suite for the image, a failed case for each change to make and for each other obstacle. */
export function printJunit(report: ScanReport): string {
  const { groups, others } = selectParts(report);
  const failed: Case[] = [
    ...groups.map((group) => ({
      name: nameOf(group),
      failure: { message: group.fix, text: listFindings(group) },
    })),
    ...others.map((text) => ({
      name: text.split('\n')[0]!,
      failure: { message: text.split('\n')[0]!, text },
    })),
  ];
  // With --since, a blocked image may have nothing new to show.
  const rest =
    report.verdict === 'allow'
      ? [{ name: 'scan', failure: undefined }]
      : [{ name: 'scan', failure: { message: `the verdict is ${report.verdict}`, text: '' } }];
  const cases = failed.length > 0 ? failed : rest;
  const failures = cases.filter(({ failure }) => failure).length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${escapeXml(report.image)}" ${counts} skipped="0" timestamp="${report.time.slice(0, 19)}">`,
    ...cases.map((one) => printCase(one, report.image)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function nameOf({ worst, packages }: FixGroup): string {
  return `${worst} ${packages.map(({ package: name, installed }) => `${name} ${installed}`).join(', ')}`;
}

function listFindings({ findings }: FixGroup): string {
  return findings
    .map(({ id, package: name, installed, fixedIn, title, origin, path, reachability }) => {
      const place = origin ? `${origin.file}:${origin.line}` : path;
      const called = reachability ? `${printReachability(reachability)}. ` : '';
      return `${id} ${name} ${installed}, fixed in ${fixedIn ?? '-'} (${place}) ${called}${title}`.trimEnd();
    })
    .join('\n');
}

function printCase({ name, failure }: Case, image: string): string {
  const start = `    <testcase name="${escapeXml(name)}" classname="${escapeXml(image)}"`;
  if (!failure) return `${start}/>`;
  const { message, text } = failure;
  return `${start}><failure message="${escapeXml(message)}">${escapeXml(text)}</failure></testcase>`;
}

/** XML 1.0 has no form for most control characters and for lone surrogates: they become U+FFFD. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"'\t\n\r]/g, (one) => `&#${one.charCodeAt(0)};`);
}
