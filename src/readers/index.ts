import type { Readable } from 'node:stream';
import type { DatasetReader, ReadOptions } from '../contracts.ts';
import { ConfigError } from '../errors.ts';
import { gunzipped } from './bytes.ts';
import { csv, tsv } from './csv.ts';
import { json } from './json.ts';
import { jsonl } from './jsonl.ts';
import type { BatchedDataset, ReadWithIds } from './read.ts';

/** As all readers of ours are. */
interface BatchedReader extends DatasetReader {
  open(source: Readable, options: ReadOptions): BatchedDataset;
}

/** By the extension of their files. To add a format: its file, and a line here. */
export const readers = { csv, tsv, jsonl, json } as const satisfies Record<string, BatchedReader>;

export type FormatName = keyof typeof readers;

/** What a dataset's bytes are. */
export interface Format {
  readonly name: FormatName;
  readonly isGzipped: boolean;
}

/**
 * Tells a dataset's format by the name of its file.
 *
 * @param explicit Of `--format`: wins over the name, of which only `.gz` counts then; may end in `.gz` itself.
 * @throws ConfigError Naming those that are known.
 */
export function formatOf(fileName: string, explicit?: string | undefined): Format {
  const path = withoutGzip(fileName.toLowerCase());
  const said = explicit === undefined ? null : withoutGzip(explicit.toLowerCase());
  const extension = said?.name ?? /\.([^./\\]+)$/.exec(path.name)?.[1];
  const name = formatNames.find((known) => known === (extension === 'ndjson' ? 'jsonl' : extension));
  if (name !== undefined) return { name, isGzipped: path.isGzipped || said?.isGzipped === true };
  const known = `${formatNames.join(', ')} or ndjson, each also .gz`;
  if (explicit !== undefined) throw new ConfigError(`--format: expected ${known}, got "${explicit}"`);
  const got = fileName === '-' ? 'stdin' : `"${fileName}"`;
  throw new ConfigError(
    `dataset: expected a file that ends in ${known}, got ${got}: say what it holds with --format`,
  );
}

/** Opens a dataset by its bytes as they lie on disk. @throws ConfigError At a template that is none; closes the source. */
export function openDataset(source: Readable, format: Format, options: ReadWithIds): BatchedDataset {
  const bytes = format.isGzipped ? gunzipped(source) : source;
  try {
    return readers[format.name].open(bytes, options);
  } catch (error) {
    bytes.destroy();
    throw error;
  }
}

const formatNames = Object.keys(readers) as FormatName[];

function withoutGzip(name: string): { readonly name: string; readonly isGzipped: boolean } {
  const isGzipped = name.endsWith('.gz');
  return { name: isGzipped ? name.slice(0, -'.gz'.length) : name, isGzipped };
}
