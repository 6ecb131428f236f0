import { ConfigError } from '../errors.ts';

/** A prompt with gaps for columns. */
export interface Template {
  /** As written between the braces, trimmed; once each, in order of first appearance. */
  readonly columns: readonly string[];
  /** @param values Of `columns`, in their order. What they hold is text, never a template again. */
  render(values: readonly string[]): string;
}

/**
 * Reads `Summarise: {{title}}`.
 * @throws ConfigError At a brace nobody closes, and where no column is named.
 */
export function parseTemplate(text: string): Template {
  const [head = '', ...rest] = text.split('{{');
  const gaps = rest.map((piece) => {
    const end = piece.indexOf('}}');
    const column = piece.slice(0, end).trim();
    if (end === -1 || column === '') throw notATemplate(text);
    return { column, after: piece.slice(end + 2) };
  });
  if (gaps.length === 0) throw notATemplate(text);
  const columns = [...new Set(gaps.map((gap) => gap.column))];
  return {
    columns,
    render: (values) =>
      head + gaps.map((gap) => (values[columns.indexOf(gap.column)] ?? '') + gap.after).join(''),
  };
}

function notATemplate(text: string): ConfigError {
  return new ConfigError(`--template: expected text with columns as {{title}}, got ${JSON.stringify(text)}`);
}
