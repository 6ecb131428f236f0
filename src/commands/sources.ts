/** What is compared, wherever it lies: a batch directory, or a baseline file. */

import { readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { BaselineFault, readBaseline } from '../comparing/baseline-reader.ts';
import { answerKey } from '../comparing/flips.ts';
import { type Side, SideBuilder, type SideFacts, turnKey } from '../comparing/side.ts';
import { ConfigError } from '../errors.ts';
import { shorten } from '../reports/shorten.ts';
import { readNewestScoring } from '../sinks/scores.ts';
import type { JobRecord, Json, ScorerFacts } from '../types.ts';
import { type KnownBatch, readBatch } from './batch-config.ts';
import { newestRecords } from './newest-records.ts';

/** One answer, for a person to see; null is what is not kept. */
export interface AnswerTexts {
  readonly input: Json;
  readonly expected: Json;
  readonly response: string | null;
  /** By scorer. */
  readonly reasons: Readonly<Record<string, string | null>>;
}

export interface Source {
  readonly side: Side;
  /** The dataset's columns; none where they are not kept. */
  readonly columns: readonly string[];
  /** Texts of these answers, by `answerKey`. */
  texts(wanted: ReadonlySet<string>): Promise<ReadonlyMap<string, AnswerTexts>>;
}

/**
 * @param name A batch directory or a baseline file.
 * @param columns Of the metadata, whose values are wanted.
 * @throws ConfigError where it is neither; JournalError
 */
export async function openSource(name: string, cwd: string, columns: readonly string[]): Promise<Source> {
  const path = resolve(cwd, name);
  const facts = await stat(path).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'there is none' : `it cannot be read (${error.code})`;
    throw new ConfigError(`${name}: expected a batch directory or a baseline file, ${why}`, { cause: error });
  });
  if (facts.isDirectory()) return batchSource(await readBatch(name, cwd), name, columns);
  if (basename(path) === 'results.jsonl' || basename(path) === 'batch.json')
    throw new ConfigError(`${name}: expected a batch directory, saw a file in one: name ${join(name, '..')}`);
  return baselineSource(await readFile(path, 'utf8'), name);
}

/** @param name What to call it. @throws ConfigError with what is wrong with it. */
export function baselineSource(text: string, name: string): Source {
  try {
    const { side, texts } = readBaseline(text, name);
    return {
      side,
      columns: [],
      texts: async (wanted) => {
        const found = new Map<string, AnswerTexts>();
        for (const { id, turn, trials } of side.turns) {
          const held = texts.get(turnKey(id, turn));
          if (held === undefined) continue;
          const { input, expected, responses } = held;
          for (let trial = 1; trial <= trials.length; trial += 1) {
            const key = answerKey({ id, turn }, trial);
            if (wanted.has(key))
              found.set(key, { input, expected, response: responses[trial - 1] ?? null, reasons: {} });
          }
        }
        return found;
      },
    };
  } catch (error) {
    if (!(error instanceof BaselineFault)) throw error;
    throw new ConfigError(error.message, { cause: error });
  }
}

export async function batchSource(
  { files, manifest }: KnownBatch,
  name: string,
  columns: readonly string[],
): Promise<Source> {
  const builder = new SideBuilder(columns);
  let recorded = 0;
  for await (const record of newestRecords(files)) {
    builder.add(record);
    recorded += 1;
  }
  const missing = Math.max(0, manifest.planned - recorded);
  const scoring = await readNewestScoring(files.scores);
  const specs = specsOf(scoring?.facts.scorers ?? manifest.scorers ?? []);
  return {
    side: builder.end(factsOf(manifest, { path: name, missing, specs })),
    columns: manifest.dataset.columns,
    texts: async (wanted) => {
      const found = new Map<string, AnswerTexts>();
      if (wanted.size === 0) return found;
      for await (const record of newestRecords(files)) {
        const key = answerKey(record, record.trial);
        if (!wanted.has(key)) continue;
        found.set(key, textsOf(record));
        if (found.size === wanted.size) break;
      }
      return found;
    },
  };
}

const specsOf = (scorers: readonly ScorerFacts[]): SideFacts['specs'] =>
  Object.fromEntries(scorers.map(({ name, text }) => [name, text]));

function factsOf(
  { id, dataset, agent, started_at }: KnownBatch['manifest'],
  rest: Pick<SideFacts, 'path' | 'missing' | 'specs'>,
): SideFacts {
  return {
    id,
    dataset: { name: basename(dataset.path), sha256: dataset.sha256 },
    agentVersion: agent.version,
    startedAt: started_at,
    ...rest,
  };
}

/** UTF-16 units kept of what others wrote: a comparison holds up to 200 such. */
const longest = 2_000;

function textsOf({ input, expected, response, scores }: JobRecord): AnswerTexts {
  const reasons = Object.entries(scores).map(([name, { reason }]) => [name, shortened(reason)] as const);
  return {
    input: shortJson(input),
    expected: shortJson(expected),
    response: shortened(response),
    reasons: Object.fromEntries(reasons),
  };
}

const shortened = (text: string | null) => (text === null ? null : shorten(text, longest));

function shortJson(value: Json): Json {
  if (typeof value === 'string') return shorten(value, longest);
  const text = JSON.stringify(value);
  return text.length <= longest ? value : shorten(text, longest);
}
