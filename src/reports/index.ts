import type { Summary } from '../types.ts';
import { renderJson } from './json.ts';
import { type RenderContext, renderText } from './text.ts';

/** By the format's name, as in `--format`. */
export const renderers = {
  text: renderText,
  json: renderJson,
} as const satisfies Record<string, (summary: Summary, context: RenderContext) => string>;

export type ReportFormat = keyof typeof renderers;
