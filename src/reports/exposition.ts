/** Prometheus' text exposition format, version 0.0.4. Pure. */

import { createHash } from 'node:crypto';
import type { Family, Sample } from '../metric-types.ts';
import { visible } from './terminal.ts';

/** UTF-16 units of a label's value: what is longer is no name that a person gave. */
const mostLength = 120;

/**
 * The families as text, those without a sample left out. Of samples that have the same labels the first stands: a
 * second would make a reader refuse all of it.
 */
export function exposition(families: readonly Family[]): string {
  return families.map(familyText).join('');
}

function familyText({ name, type, help, samples }: Family): string {
  const lines = new Map<string, string>();
  for (const { labels, value } of samples) {
    const text = labelsText(labels);
    if (value !== null && !lines.has(text)) lines.set(text, `${name}${text} ${valueText(value)}\n`);
  }
  if (lines.size === 0) return '';
  const told = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return `# HELP ${name} ${told}\n# TYPE ${name} ${type}\n${[...lines.values()].join('')}`;
}

function labelsText(labels: Sample['labels']): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(labelValue(value))}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** Of a text that is too long the end is a hash of it: two of them stay two. */
function labelValue(value: string): string {
  if (value.length <= mostLength) return visible(value);
  const hash = createHash('sha256').update(value, 'utf16le').digest('hex').slice(0, 8);
  return `${visible(value.slice(0, mostLength - hash.length - 1))}…${hash}`;
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

function valueText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
}
