/**
 * A baseline: a batch in a small file, to be committed beside the dataset. JSON lines: a header, then a line for each
 * turn in dataset order, so that git shows which examples changed. It holds no texts unless they were asked for.
 */

import type { Json } from '../types.ts';
import { type ComparedTurn, type Side, type TrialFacts, turnKey } from './side.ts';

export const baselineFormat = 1;

/** What was asked, expected and answered; of a batch, or of a baseline that was made with texts. */
export interface TurnTexts {
  readonly input: Json;
  readonly expected: Json;
  /** By trial; null where it gave none. */
  readonly responses: readonly (string | null)[];
}

/** The file's lines, each with its end. @param texts By `turnKey`. Default: the file holds none. */
export function* baselineLines(
  { facts, scorers, turns }: Side,
  texts: ReadonlyMap<string, TurnTexts> = new Map(),
): Generator<string> {
  const { id, dataset, agentVersion, startedAt, missing, specs } = facts;
  yield lineOf({
    threadmill_baseline: baselineFormat,
    batch: id,
    dataset: dataset.name,
    dataset_sha256: dataset.sha256,
    agent_version: agentVersion,
    started_at: startedAt,
    missing,
    scorers: Object.fromEntries(scorers.map((name) => [name, specs[name] ?? null])),
    lines: turns.length,
  });
  for (const turn of turns) {
    const held = texts.get(turnKey(turn.id, turn.turn));
    yield lineOf({ ...turnFields(turn, scorers), ...(held && { texts: { ...held } }) });
  }
}

const lineOf = (fields: { readonly [name: string]: unknown }) => `${JSON.stringify(fields)}\n`;

/** What most turns have alike is left out. */
function turnFields({ id, turn, conversation, input, trials }: ComparedTurn, scorers: readonly string[]) {
  const all = <T>(of: (trial: TrialFacts) => T) => trials.map((trial) => trial && of(trial));
  const outcomes = trials.map((trial) =>
    trial === null ? null : trial.code === null ? trial.outcome : `${trial.outcome} ${trial.code}`,
  );
  const retried = trials.flatMap((trial, at) => (trial?.isRetried ? [at + 1] : []));
  const fields: { [name: string]: unknown } = { id };
  if (turn !== null) fields['turn'] = turn;
  if (conversation !== id) fields['conversation'] = conversation;
  fields['input'] = input;
  fields['scores'] = Object.fromEntries(
    scorers.map((name, at) => [name, all((trial) => rounded(trial.scores[at] ?? null))]),
  );
  if (outcomes.some((outcome) => outcome !== 'success')) fields['outcomes'] = outcomes;
  if (retried.length > 0) fields['retried'] = retried;
  fields['latency_ms'] = all(({ latencyMs }) => latencyMs && Number(latencyMs.toPrecision(3)));
  fields['tokens'] = all(
    ({ usage }) => usage && [usage.input_tokens, usage.output_tokens, usage.total_tokens],
  );
  return fields;
}

/** To a millionth, so that no line changes by rounding. */
const rounded = (score: number | null) => (score === null ? null : Math.round(score * 1e6) / 1e6);
