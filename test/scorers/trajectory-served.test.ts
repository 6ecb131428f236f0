import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scoreTools, toolsDefaults } from '../../src/scorers/trajectory/score.ts';
import { trajectoryOf } from '../../src/scorers/trajectory/trajectory.ts';
import { tools } from '../../src/server/agents/tools.ts';
import { startLocalServer } from '../../src/server/start.ts';
import type { ExpectedTool, Json } from '../../src/types.ts';
import { clientOf } from '../server/client.ts';
import { temporaryDirectory } from '../server/temporary.ts';

const question = 'count these words';
const expected: readonly ExpectedTool[] = [
  { name: 'count_words', args: { text: question } },
  { name: 'count_letters', args: { text: question } },
  { name: 'add', args: { a: 3, b: { $number: 15 } } },
];

function scored(messages: Json, wanted: readonly ExpectedTool[]) {
  const trajectory = trajectoryOf({ input: question, messages: messages as Json[], tool_calls: [] });
  return scoreTools(wanted, trajectory, toolsDefaults);
}

/** The right ones pass; any one left out, or under another name, does not. */
function tellsRightFromWrong(messages: Json): void {
  expect(scored(messages, expected)).toEqual({ score: 1, reason: 'strict: as expected, 3 calls' });
  for (const [at, tool] of expected.entries()) {
    expect(scored(messages, expected.toSpliced(at, 1)).score).toBeLessThan(1);
    expect(scored(messages, expected.with(at, 'other')).score).toBeLessThan(1);
    expect(scored(messages, expected.toSpliced(at, 0, tool)).score).toBeLessThan(1);
  }
}

describe('calls of a real agent', () => {
  it('are told right from wrong as the local server sends them', async () => {
    await using directory = await temporaryDirectory();
    const server = await startLocalServer({ stateDir: join(directory.path, 'state'), workers: 2 });
    try {
      const client = clientOf(server.url);

      const { messages = null } = await client.say(await client.newThread(), 'tools', question);

      tellsRightFromWrong(messages);
    } finally {
      await server.stop();
    }
  });

  it('are told right from wrong as LangChain serialises them', async () => {
    const { messages } = await tools.invoke({ messages: [{ role: 'user', content: question }] });

    tellsRightFromWrong(JSON.parse(JSON.stringify(messages)));
  });
});
