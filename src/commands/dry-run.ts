/** `--dry-run`: everything is read and checked, the plan and the first request are shown, nothing is sent or written. */

import { inputFingerprint, plainStart, runBody } from '../agent/request.ts';
import { shownJson } from '../reports/json.ts';
import { createSummary } from '../reports/summary.ts';
import type { Example } from '../types.ts';
import { agentOptions } from './agent.ts';
import type { Dataset } from './dataset.ts';
import type { Io } from './io.ts';
import type { Order } from './order.ts';
import { planLine, plannedTurns, planOf } from './plan.ts';
import { promiseOf } from './promise.ts';
import { assertGates } from './scorers.ts';
import { say } from './tell.ts';

export async function dryRun(order: Order, dataset: Dataset, io: Io): Promise<void> {
  const { config, target, body } = order;
  assertGates(config, dataset.scoring.scorers, plannedTurns(dataset, config.repeat));
  const promise = promiseOf(config, dataset);
  const left = { summary: createSummary(), repeats: 0 };
  say(io, config, planLine(planOf(order, dataset, promise, left, null)));
  const example = await firstExample(dataset);
  if (example === null) return;
  const input = example.turns?.[0] ?? example.input;
  const isConversation = example.turns !== undefined || example.thread !== undefined;
  const place = { turn: isConversation ? 1 : null, recorded: null, revision: 1, replaces: null };
  const turn = { example, input, expected: null, ...place };
  const keys = {
    batch: '<batch>',
    example: example.id,
    trial: 1,
    turn: 1,
    revision: 1,
    attempt: 1,
    input: inputFingerprint(input),
  };
  const fields = { assistantId: target.agent, body, stream: config.stream };
  const request = {
    method: 'POST',
    path: `${promise.mode === 'threaded' ? '/threads/<thread>' : ''}/runs/${config.stream ? 'stream' : 'wait'}`,
    headers: hidden(order, io),
    body: runBody(fields, keys, turn, promise.mode === 'threaded' ? plainStart : null),
  };
  say(io, config, 'The first request; nothing was sent:');
  io.stdout.write(`${shownJson(request, 2)}\n`);
}

async function firstExample(dataset: Dataset): Promise<Example | null> {
  for await (const row of dataset.examples()) if (!('problem' in row)) return row;
  return null;
}

const open = ['user-agent', 'accept', 'x-auth-scheme'];

/** Every header but those of no secret is hidden. */
function hidden({ config, target }: Order, io: Io): Record<string, string> {
  if (target.isLocal && target.command === null) return {};
  const { headers } = agentOptions(config, io.env);
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, open.includes(name) ? value : '***']),
  );
}
