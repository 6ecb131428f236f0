import type { Renderer } from '../contracts.ts';
import { renderJson } from './json.ts';
import { renderText } from './text.ts';

/** By the format's name, as in `--format`. */
export const renderers = {
  text: renderText,
  json: renderJson,
} as const satisfies Record<string, Renderer>;

export type ReportFormat = keyof typeof renderers;
