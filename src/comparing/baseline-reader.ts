/** A baseline file, read; whatever it is that lies there. */

import { isObject, parseJson } from '../json.ts';
import type { Json, JsonObject, OutcomeName } from '../types.ts';
import { baselineFormat, type TurnTexts } from './baseline-lines.ts';
import { type ComparedTurn, type Side, type TrialFacts, turnKey } from './side.ts';

export interface Baseline {
  readonly side: Side;
  /** By `turnKey`; empty where it was made without. */
  readonly texts: ReadonlyMap<string, TurnTexts>;
}

/** What is wrong with a baseline file, and in which line. */
export class BaselineFault extends Error {}

/** @param path What to call it. @throws BaselineFault with what was expected and what was seen. */
export function readBaseline(text: string, path: string): Baseline {
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  const last = lines.at(-1) === '' ? lines.length - 1 : lines.length;
  const header = headerOf(lines[0] ?? '', path);
  const { facts, scorers, count } = header;
  const turns: ComparedTurn[] = [];
  const texts = new Map<string, TurnTexts>();
  const seen = new Map<string, number>();
  for (let at = 1; at < last; at += 1) {
    const line = lines[at] ?? '';
    const fields = parsed(line);
    if (fields === null && at === lines.length - 1) break; // it ends in the midst of a line
    const where = `${path}:${at + 1}`;
    if (fields === null) throw new BaselineFault(`${where}: expected JSON of one turn, saw ${shown(line)}`);
    const turn = turnOf(fields, { scorers, where });
    const key = turnKey(turn.id, turn.turn);
    const first = seen.get(key);
    if (first !== undefined)
      throw new BaselineFault(`${where}: ${JSON.stringify(turn.id)} is there already, in line ${first}`);
    seen.set(key, at + 1);
    turns.push(turn);
    const held = textsOf(fields['texts']);
    if (held !== null) texts.set(key, held);
  }
  if (turns.length !== count) {
    throw new BaselineFault(
      `${path}: expected ${count} lines after the first, as that says, saw ${turns.length}: ${turns.length < count ? 'it was cut off' : 'lines were added'}; make it anew (threadmill report <batch> --format baseline)`,
    );
  }
  return { side: { facts, scorers, columns: null, turns }, texts };
}

type Fields = JsonObject;

function parsed(line: string): Fields | null {
  const value = parseJson(line);
  return isObject(value) ? value : null;
}

function headerOf(line: string, path: string) {
  const header = parsed(line.replace(/^\u{FEFF}/u, ''));
  const format = header?.['threadmill_baseline'];
  if (header === null || typeof format !== 'number') {
    throw new BaselineFault(
      `${path}: expected a batch directory or a baseline file, whose first line begins {"threadmill_baseline":${baselineFormat},…; saw ${shown(line)}: threadmill report <batch> --format baseline makes one`,
    );
  }
  if (format !== baselineFormat) {
    throw new BaselineFault(
      `${path}: this baseline has format ${format}, made by ${format > baselineFormat ? 'a newer' : 'another'} threadmill; this one reads format ${baselineFormat}: update threadmill, or make the baseline anew`,
    );
  }
  const { batch, dataset, dataset_sha256: sha256, lines, missing, scorers } = header;
  const isGood =
    typeof batch === 'string' &&
    typeof dataset === 'string' &&
    typeof sha256 === 'string' &&
    typeof lines === 'number' &&
    isObject(scorers);
  if (!isGood)
    throw new BaselineFault(
      `${path}:1: expected batch, dataset, dataset_sha256, scorers and lines, saw ${shown(line)}`,
    );
  return {
    facts: {
      id: batch,
      path,
      dataset: { name: dataset, sha256 },
      agentVersion: textOrNull(header['agent_version']),
      startedAt: textOrNull(header['started_at']),
      missing: typeof missing === 'number' ? missing : 0,
      specs: Object.fromEntries(Object.entries(scorers).filter(isNamed)),
    },
    scorers: Object.keys(scorers),
    count: lines,
  };
}

const isNamed = (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === 'string';

const textOrNull = (value: unknown) => (typeof value === 'string' ? value : null);

const outcomes: ReadonlySet<unknown> = new Set<OutcomeName>(['success', 'error', 'interrupted', 'skipped']);

interface LineContext {
  readonly scorers: readonly string[];
  readonly where: string;
}

function turnOf(fields: Fields, { scorers, where }: LineContext): ComparedTurn {
  const { id, input, turn = null, conversation = id } = fields;
  const wrong = (what: string, saw: unknown) =>
    new BaselineFault(`${where}: expected ${what}, saw ${shown(JSON.stringify(saw) ?? 'none')}`);
  if (typeof id !== 'string') throw wrong('an "id"', id);
  if (typeof input !== 'string') throw wrong('"input", a hash', input);
  if (turn !== null && typeof turn !== 'number') throw wrong('"turn", a number', turn);
  if (conversation !== null && typeof conversation !== 'string')
    throw wrong('"conversation", an id', conversation);
  if (!isObject(fields['scores'])) throw wrong('"scores" by scorer', fields['scores']);
  const scores = Object.entries(fields['scores']);
  const other = scores.find(([name]) => !scorers.includes(name));
  if (other !== undefined) throw wrong('scores of scorers that the first line names', other[0]);
  const bad = scores.find(([, values]) => !Array.isArray(values) || !values.every(isScore));
  if (bad !== undefined) throw wrong(`scores of ${bad[0]} from 0 to 1, or null, by trial`, bad[1]);
  const byTrial = Object.fromEntries(scores) as Record<string, (number | null)[]>;
  const trials = trialsOf(fields, byTrial, scorers);
  if (trials === null) throw wrong('outcomes, latencies and tokens by trial', fields);
  return { id, turn, input, conversation, trials, columns: [] };
}

const isScore = (value: unknown) => value === null || (typeof value === 'number' && value >= 0 && value <= 1);

function trialsOf(
  fields: Fields,
  scores: Readonly<Record<string, readonly (number | null)[]>>,
  scorers: readonly string[],
): (TrialFacts | null)[] | null {
  const latencies = listOf(fields['latency_ms']);
  const tokens = listOf(fields['tokens']);
  const ends = listOf(fields['outcomes']);
  const retried = listOf(fields['retried']);
  if (latencies === null || tokens === null || ends === null || retried === null) return null;
  const count = Math.max(latencies.length, ends.length, ...scorers.map((name) => scores[name]?.length ?? 0));
  const trials: (TrialFacts | null)[] = [];
  for (let at = 0; at < count; at += 1) {
    const end = ends.length === 0 ? 'success' : ends[at];
    const [outcome, code = null] = typeof end === 'string' ? end.split(' ') : [null];
    const latency = latencies[at] ?? null;
    const usage = tokens[at] ?? null;
    if (end === null) trials.push(null);
    else if (!outcomes.has(outcome) || (latency !== null && typeof latency !== 'number') || !isTokens(usage))
      return null;
    else {
      trials.push({
        outcome: outcome as OutcomeName,
        code,
        scores: scorers.map((name) => scores[name]?.[at] ?? null),
        latencyMs: latency,
        usage: usage && { input_tokens: usage[0], output_tokens: usage[1], total_tokens: usage[2] },
        tools: null,
        isRetried: retried.includes(at + 1),
      });
    }
  }
  return trials;
}

const listOf = (value: unknown): readonly unknown[] | null =>
  value === undefined ? [] : Array.isArray(value) ? value : null;

const isTokens = (value: unknown): value is [number, number, number] | null =>
  value === null ||
  (Array.isArray(value) && value.length === 3 && value.every((count) => typeof count === 'number'));

function textsOf(value: unknown): TurnTexts | null {
  if (!isObject(value) || !Array.isArray(value['responses'])) return null;
  const { input = null, expected = null } = value as { input?: Json; expected?: Json };
  return { input, expected, responses: value['responses'].map(textOrNull) };
}

const longestShown = 80;

const shown = (text: string) =>
  text === '' ? 'nothing' : text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
