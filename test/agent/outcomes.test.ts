/** Every behaviour of behaviours*.ts, each way of asking; and that docs/guide/outcomes.md tells the same. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { systemRuntime } from '../../src/runtime.ts';
import { type AgentServer, startAgentServer } from '../support/agent-server.ts';
import { manualRuntime } from '../support/manual-runtime.ts';
import { type Behaviour, type Ending, type Way, wayName, waysOf } from './behaviours.ts';
import { agentBehaviours } from './behaviours-of-agents.ts';
import { answerBehaviours } from './behaviours-of-answers.ts';
import { connectionBehaviours } from './behaviours-of-connections.ts';
import { refusalBehaviours } from './behaviours-of-refusals.ts';
import { jobOf, startClient } from './client.ts';
import { pumped } from './pumped.ts';

const groups = {
  'what agents do': agentBehaviours,
  'answers in other clothes, or not whole': answerBehaviours,
  refusals: refusalBehaviours,
  connections: connectionBehaviours,
};

async function serverOf({ script, elsewhere }: Behaviour, way: Way) {
  if (elsewhere !== undefined) return elsewhere();
  let server: AgentServer | undefined;
  const self = () => {
    if (server === undefined) throw new Error('The server is asked before it has started');
    return server;
  };
  server = await startAgentServer({ flavour: way.flavour, ...script?.(way, self) });
  return server;
}

/** The turn's ending when the server behaves so. */
async function endingOf(behaviour: Behaviour, way: Way): Promise<Ending> {
  const { mode, stream } = way;
  await using server = await serverOf(behaviour, way);
  const hand = manualRuntime({ autoSleep: behaviour.clock !== 'pumped' });
  const runtime = behaviour.clock === 'real' ? systemRuntime : hand;
  await using client = startClient(server, { mode, stream, retries: 0, runtime, ...behaviour.client });

  const asked = client.ask(jobOf(behaviour.input));
  const { outcome } = await (behaviour.clock === 'pumped' ? pumped(hand, asked) : asked);

  const { failure } = outcome;
  return {
    outcome: outcome.outcome,
    kind: failure?.kind ?? null,
    code: failure?.code ?? null,
    mayHaveRun: failure?.may_have_run ?? null,
    uncertain: failure?.uncertain ?? null,
    response: outcome.response,
  };
}

describe.each(Object.entries(groups))('%s', (_, behaviours) => {
  const cases = behaviours.flatMap((behaviour) =>
    waysOf(behaviour).map(
      ({ way, ends }) => [`${behaviour.behaviour} (${wayName(way)})`, { behaviour, way, ends }] as const,
    ),
  );

  it.concurrent.each(cases)('%s', async (_title, { behaviour, way, ends }) => {
    const ending = await endingOf(behaviour, way);

    const { response, code, ...others } = ends;
    expect(ending).toMatchObject(others);
    expect([code, behaviour.orCode ?? code]).toContain(ending.code);
    if (response instanceof RegExp) expect(ending.response).toMatch(response);
    else expect(ending.response).toBe(response);
  });
});

describe('docs/guide/outcomes.md', () => {
  it('tells every behaviour as it is tested, and what to do', () => {
    const told = tableOf(readFileSync(new URL('../../docs/guide/outcomes.md', import.meta.url), 'utf8'));

    expect(told.map(([...columns]) => columns.slice(0, 6))).toEqual(
      Object.values(groups).flatMap((behaviours) => behaviours.flatMap(linesOf)),
    );
    expect(told.filter((columns) => (columns[6] ?? '').length < 5)).toEqual([]);
  });
});

const yesNo = (is: boolean | null) => (is === null ? '–' : is ? 'yes' : 'no');

/** A behaviour's lines in the table: one for each case. */
const linesOf = ({ behaviour, cases, orCode }: Behaviour): string[][] =>
  cases.map(({ where, ends: { outcome, code, mayHaveRun, uncertain } }, at) => [
    behaviour,
    at > 0 ? wayName(where).replace('any', 'any other') : wayName(where),
    outcome,
    code === null
      ? '–'
      : [code, orCode]
          .filter((one) => one !== undefined)
          .map((one) => `\`${one}\``)
          .join(' or '),
    yesNo(mayHaveRun),
    yesNo(uncertain),
  ]);

/** The cells of all tables whose first column is *what happens*. An empty first cell means the one above. */
function tableOf(markdown: string): string[][] {
  const rows: string[][] = [];
  let isIn = false;
  for (const line of markdown.split('\n')) {
    const cells = line.startsWith('|')
      ? line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim())
      : [];
    if (cells.length === 0) isIn = false;
    else if (cells[0] === 'what happens') isIn = true;
    else if (isIn && !/^-+$/.test(cells[0] ?? ''))
      rows.push([cells[0] || (rows.at(-1)?.[0] ?? ''), ...cells.slice(1)]);
  }
  return rows;
}
