/** The worked example: what its two agents get right and wrong is what docs/example.md tells. */

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface Line {
  readonly id: string;
  readonly prompt: string;
  readonly expected: string;
  readonly expected_tools: readonly { readonly name: string; readonly args: unknown }[];
}

interface Message {
  readonly text: string;
  readonly tool_calls?: readonly { readonly name: string; readonly args: unknown }[];
}

interface Agent {
  invoke(input: unknown): Promise<{ readonly messages: readonly Message[] }>;
}

const folder = new URL('../datasets/example/', import.meta.url);
const lines = readFileSync(new URL('orders.jsonl', folder), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Line);

it.each([
  ['desk.mjs', ['o-20']],
  ['changed/desk.mjs', ['o-09', 'o-10']],
])('of the thirty examples %s gets all right but %j', async (file, wrong) => {
  const { desk }: { desk: Agent } = await import(new URL(file, folder).href);

  const missed = [];
  for (const { id, prompt, expected, expected_tools } of lines) {
    const { messages } = await desk.invoke({ messages: [{ role: 'user', content: prompt }] });
    const calls = messages.flatMap(({ tool_calls = [] }) =>
      tool_calls.map(({ name, args }) => ({ name, args })),
    );
    const isAnswered = messages.at(-1)?.text === expected;
    const isCalled = JSON.stringify(calls) === JSON.stringify(expected_tools);
    expect(isAnswered).toBe(isCalled);
    if (!isAnswered) missed.push(id);
  }

  expect(lines).toHaveLength(30);
  expect(missed).toEqual(wrong);
});
