/** Every report, by the format's name as in `--format`. To add one: its file, and a line here. */

import type { RecordsRenderer, RenderContext, Renderer } from '../contracts.ts';
import type { Summary } from '../summary-types.ts';
import type { JobRecord } from '../types.ts';
import { renderJson } from './json.ts';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import { renderMetrics } from './metrics.ts';
import { renderText } from './text.ts';

/** Of the summary alone. */
export const renderers: Readonly<Record<string, Renderer>> = {
  text: renderText,
  json: renderJson,
  metrics: renderMetrics,
};

/** Of the turns too. */
export const recordsRenderers: Readonly<Record<string, RecordsRenderer>> = {
  markdown: renderMarkdown,
  junit: renderJunit,
};

export const reportFormats: readonly string[] = [renderers, recordsRenderers].flatMap(Object.keys);

export interface Reported {
  readonly summary: Summary;
  readonly records: () => AsyncIterable<JobRecord>;
  readonly context: RenderContext;
}

/** A report's text, piece by piece. @param format One of `reportFormats`. */
export function renderReport(format: string, { summary, records, context }: Reported): AsyncIterable<string> {
  const ofRecords = recordsRenderers[format];
  if (ofRecords !== undefined) return ofRecords(summary, records, context);
  const render = renderers[format];
  if (render === undefined) throw new Error(`Expected a report's format, got ${JSON.stringify(format)}`);
  return whole(() => render(summary, context));
}

async function* whole(render: () => string): AsyncGenerator<string> {
  yield render();
}
