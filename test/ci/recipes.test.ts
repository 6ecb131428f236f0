/** The recipes of docs/ci, run to their very script lines. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/types.ts';
import {
  type ScriptedAgent,
  type ScriptedToolCall,
  says,
  startAgentServer,
} from '../support/agent-server.ts';
import type { Ended } from '../support/threadmill.ts';
import { type Machine, machine } from './machine.ts';
import { githubRecipes, gitlabRecipes, isDoable, type Step } from './recipes.ts';

const [ofDeployment = [], ...ofOwnServers] = githubRecipes();
const gitlab = gitlabRecipes();
const folded = (script: string) => script.trim().replaceAll(/\s+/g, ' ');
const scriptOf = (steps: readonly Step[], name: string) =>
  steps.find((step) => step.name === name)?.script ?? '';

type Event = 'push to main' | 'pull request';

/** Does the steps of a workflow as GitHub would; gives the first that failed, or the last. */
async function work(on: Machine, steps: readonly Step[], event: Event): Promise<Ended & { step: string }> {
  let failed: (Ended & { step: string }) | null = null;
  let last = { code: null, stdout: '', stderr: '', step: '' } as Ended & { step: string };
  for (const { name, script, isAlways, isOfMain } of steps) {
    if ((failed !== null && !isAlways) || (isOfMain && event !== 'push to main')) continue;
    const env = { GITHUB_STEP_SUMMARY: join(on.place.path, 'step-summary.md'), GITHUB_SHA: 'abc123' };
    last = { ...(await on.sh(script, env)), step: name };
    if (last.code !== 0) failed ??= last;
  }
  return failed ?? last;
}

/** Calls the tools that are expected, or none. */
async function deskOf(): Promise<{ agent: ScriptedAgent; break: () => void }> {
  const text = await readFile(new URL('../../datasets/example/orders.jsonl', import.meta.url), 'utf8');
  const rows = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as JsonObject);
  let isBroken = false;
  return {
    agent: ({ prompt }) => {
      const row = rows.find((one) => one['prompt'] === prompt);
      const toolCalls = row?.['expected_tools'] as unknown as ScriptedToolCall[];
      return says(String(row?.['expected']), { toolCalls: isBroken ? [] : toolCalls });
    },
    break: () => {
      isBroken = true;
    },
  };
}

/** What a fresh checkout has not. */
const cleanUp = 'rm -rf results report.xml summary.md';

const asks = [ofDeployment, ...ofOwnServers].map((steps) => scriptOf(steps, 'Ask and compare'));
const whenThere = describe.runIf(asks.every(isDoable));

whenThere('the recipe for a deployment on GitHub', { timeout: 180_000 }, () => {
  it('makes a baseline on main, and fails a pull request that is worse', async () => {
    const desk = await deskOf();
    await using server = await startAgentServer({ agent: desk.agent, apiKey: 'a-very-secret-key' });
    await using on = await machine({
      LANGGRAPH_API_URL: server.url,
      LANGGRAPH_AGENT_ID: 'agent',
      LANGGRAPH_API_KEY: 'a-very-secret-key',
    });

    const first = await work(on, ofDeployment, 'push to main');
    await on.sh(cleanUp);
    const same = await work(on, ofDeployment, 'pull request');
    await on.sh(cleanUp);
    desk.break();
    const worse = await work(on, ofDeployment, 'pull request');

    expect(first).toMatchObject({ code: 0 });
    expect((await on.pushed('eval/baseline.jsonl'))?.trimEnd().split('\n').length).toBeGreaterThan(11);
    expect(same).toMatchObject({ code: 0 });
    expect(worse).toMatchObject({ code: 1, step: 'Ask and compare' });
    expect(worse.stderr).toContain('REGRESSED');
    expect(await readFile(join(on.place.path, 'step-summary.md'), 'utf8')).toContain('REGRESSED');
    expect(await readFile(join(on.place.path, 'repo/report.xml'), 'utf8')).toContain('<failure');
  });
});

whenThere('the recipe for a server of one’s own on GitHub', { timeout: 180_000 }, () => {
  it.each(ofOwnServers.map((steps) => [folded(scriptOf(steps, 'Install')), steps] as const))(
    'with %s asks, reports and makes a baseline',
    async (_, steps) => {
      await using on = await machine({}, 3);

      const ended = await work(on, steps, 'push to main');

      expect(ended).toMatchObject({ code: 0 });
      expect(await on.pushed('eval/baseline.jsonl')).not.toBeNull();
    },
  );
});

describe('the recipes for GitLab', () => {
  it('ask as those for GitHub do', () => {
    expect(gitlab.evals.map(({ script }) => folded(script.at(-1) ?? ''))).toEqual(asks.map(folded));
    expect(gitlab.evals.map(({ script }) => script.slice(0, -1).map(folded))).toEqual([
      [],
      ...ofOwnServers.map((steps) => [folded(scriptOf(steps, 'Install'))]),
    ]);
  });
});

whenThere('the job for GitLab’s default branch', { timeout: 180_000 }, () => {
  it('renews the baseline from the batch that was asked', async () => {
    const desk = await deskOf();
    await using server = await startAgentServer({ agent: desk.agent });
    await using on = await machine({
      LANGGRAPH_API_URL: server.url,
      LANGGRAPH_AGENT_ID: 'agent',
      PUSH_URL: '../origin.git',
      CI_DEFAULT_BRANCH: 'main',
      CI_COMMIT_SHORT_SHA: 'abc123',
    });

    const asked = await on.sh(gitlab.evals[0]?.script.join('\n') ?? '');
    const renewed = await on.sh(gitlab.renew.script.join('\n'));

    expect([asked.code, renewed]).toEqual([0, expect.objectContaining({ code: 0 })]);
    expect(await on.pushed('eval/baseline.jsonl')).not.toBeNull();
  });
});
