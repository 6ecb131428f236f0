/** How long a turn may take, whatever hangs. Time flies by hand: what takes ten minutes here takes none. */

import { describe, expect, it } from 'vitest';
import {
  type AgentServer,
  dropsAfterHeaders,
  type FaultRule,
  hangs,
  onCreate,
  onRoute,
  says,
  startAgentServer,
  status,
  until,
} from '../support/agent-server.ts';
import { gate } from '../support/gate.ts';
import { manualRuntime } from '../support/manual-runtime.ts';
import { type ClientOptions, jobOf, startClient } from './client.ts';
import { startConnectProxy } from './connect-proxy.ts';
import { pumped } from './pumped.ts';

const never = new Promise<never>(() => {});

async function askTurn(server: AgentServer, options: ClientOptions = {}) {
  const runtime = manualRuntime();
  await using client = startClient(server, { runtime, ...options });
  const attempted = await pumped(runtime, client.ask(jobOf()));
  return { ...attempted, tookMs: runtime.now() };
}

const routes = [
  'POST /threads',
  'POST /threads/{t}/runs/wait',
  'GET /threads/{t}/runs',
  'GET /threads/{t}/runs/{r}',
  'GET /threads/{t}/runs/{r}/join',
  'GET /threads/{t}',
  'POST /threads/{t}/history',
  'POST /threads/{t}/runs/{r}/cancel',
  'DELETE /threads/{t}',
  'GET /assistants/{a}',
];

describe('a turn ends within a second after --timeout', () => {
  const hanging = (route: string): FaultRule[] => [
    onRoute(route, 'every', hangs()),
    // So that every route is asked for: an answer that is lost, and a run that never ends.
    ...(route === 'POST /threads/{t}/runs/wait' ? [] : [onCreate('every', dropsAfterHeaders())]),
  ];

  it.each(routes)('though %s hangs', async (route) => {
    await using server = await startAgentServer({
      agent: () => until(never, says('')),
      faults: hanging(route),
    });

    const { outcome, tookMs } = await askTurn(server, {
      timeoutMs: 30_000,
      idleTimeoutMs: 4_000,
      retries: 100,
    });

    // IDLE_TIMEOUT where another try would have come too late.
    expect(outcome.failure?.code).toMatch(/^(IDLE_)?TIMEOUT$/);
    expect(tookMs).toBeLessThanOrEqual(31_000);
  });

  it.each(routes)('though %s answers 503 alone', async (route) => {
    const faults = hanging(route).map((rule, at) => (at === 0 ? onRoute(route, 'every', status(503)) : rule));
    await using server = await startAgentServer({ agent: () => until(never, says('')), faults });

    const { outcome, tookMs } = await askTurn(server, { timeoutMs: 30_000, retries: 100 });

    expect(outcome.outcome).toBe('error');
    expect(tookMs).toBeLessThanOrEqual(31_000);
  });

  it('though the server is gone in the midst of the run', async () => {
    await using server = await startAgentServer({ agent: () => until(never, says('')) });
    const asked = askTurn(server, { timeoutMs: 30_000 });
    await server.when(({ counts }) => counts.runs === 1);

    await server.goDown();
    const { outcome, tookMs } = await asked;

    expect(outcome.failure).toMatchObject({ code: 'TIMEOUT', may_have_run: true, uncertain: true });
    expect(outcome.failure?.message).toContain('could not be seen to end');
    expect(tookMs).toBeLessThanOrEqual(31_000);
  });

  it('and its back-off counts in', async () => {
    await using server = await startAgentServer({
      faults: onCreate('every', status(429, 'slow down', { 'retry-after': '12' })),
    });

    const { outcome, attempts, tookMs } = await askTurn(server, { timeoutMs: 30_000, retries: 100 });

    expect(outcome.failure).toMatchObject({ code: 'HTTP_429', may_have_run: false });
    expect(attempts).toHaveLength(3);
    expect(tookMs).toBeLessThanOrEqual(30_000);
  });
});

describe('at --timeout the run', () => {
  it.each(['local', 'deployed'] as const)('is cancelled, and known to have ended (%s)', async (flavour) => {
    await using server = await startAgentServer({ flavour, agent: () => until(never, says('')) });

    const { outcome, attempts } = await askTurn(server, { timeoutMs: 30_000 });

    expect(server.runs[0]?.status).toBe('interrupted');
    expect(outcome.failure).toMatchObject({ code: 'TIMEOUT', may_have_run: true, uncertain: false });
    expect(attempts).toHaveLength(1);
  });

  it('is found and cancelled, though nobody had told its id', async () => {
    await using server = await startAgentServer({
      agent: () => until(never, says('')),
      faults: [
        onCreate(1, async ({ handle }) => void (await handle())),
        onRoute('GET /threads/{t}/runs', 1, hangs()),
      ],
    });

    const { outcome } = await askTurn(server, { timeoutMs: 30_000, idleTimeoutMs: 20_000 });

    expect(server.runs[0]?.status).toBe('interrupted');
    expect(outcome.failure).toMatchObject({ code: 'TIMEOUT', uncertain: false });
  });

  it('is known to have ended where it did so before the cancel came', async () => {
    const run = gate();
    await using server = await startAgentServer({
      flavour: 'deployed',
      agent: () => until(run.opened, says('late')),
      faults: onRoute('POST /threads/{t}/runs/{r}/cancel', 1, async ({ handle, write }) => {
        run.open();
        await server.when(({ runs }) => runs[0]?.status === 'success');
        await write(await handle());
      }),
    });

    const { outcome } = await askTurn(server, { timeoutMs: 30_000 });

    expect(outcome.failure).toMatchObject({ code: 'TIMEOUT', may_have_run: true, uncertain: false });
  });

  it('is not said to have run where its thread was never made', async () => {
    await using server = await startAgentServer({ faults: onRoute('POST /threads', 'every', hangs()) });

    const { outcome } = await askTurn(server, { timeoutMs: 30_000 });

    expect(outcome.failure).toMatchObject({ code: 'TIMEOUT', may_have_run: false, uncertain: false });
    expect(server.counts.creates).toBe(0);
  });
});

describe('a silent connection', () => {
  it.each(['local', 'deployed'] as const)(
    'is joined again, in slices, as long as it takes (%s)',
    async (flavour) => {
      const run = gate();
      await using server = await startAgentServer({ flavour, agent: () => until(run.opened, says('late')) });

      const asked = askTurn(server, { idleTimeoutMs: 2_000 });
      await server.when(
        ({ requests }) => requests.filter(({ route }) => route.endsWith('/join')).length >= 3,
      );
      run.open();
      const { outcome, attempts } = await asked;

      expect(outcome).toMatchObject({ outcome: 'success', response: 'late' });
      expect(server.counts).toMatchObject({ creates: 1, runs: 1 });
      expect(attempts).toHaveLength(1);
    },
  );

  it('is no new try: it counts against no --retries', async () => {
    await using server = await startAgentServer({ faults: onCreate(1, dropsAfterHeaders()) });

    const { outcome } = await askTurn(server, { retries: 0 });

    expect(outcome.outcome).toBe('success');
  });

  it('is not asked for again without a pause where joining fails at once', async () => {
    const run = gate();
    await using server = await startAgentServer({
      agent: () => until(run.opened, says('late')),
      faults: [
        onCreate(1, dropsAfterHeaders()),
        onRoute('GET /threads/{t}/runs/{r}/join', 'every', status(500)),
      ],
    });

    const asked = askTurn(server);
    await server.when(({ requests }) => requests.filter(({ route }) => route.endsWith('/join')).length >= 10);
    run.open();
    const { outcome, tookMs } = await asked;

    expect(outcome.outcome).toBe('success');
    expect(tookMs).toBeGreaterThanOrEqual(9 * 500);
  });
});

describe('--connect-timeout', () => {
  it('ends a try before anything is sent, and the turn is tried again', async () => {
    let tunnels = 0;
    await using server = await startAgentServer();
    await using proxy = await startConnectProxy(() => {
      tunnels += 1;
      return tunnels === 1 ? never : Promise.resolve();
    });

    const { outcome, attempts } = await askTurn(server, {
      connectTimeoutMs: 3_000,
      proxies: { http: proxy.url },
    });

    expect(attempts.map(({ failure }) => failure?.code ?? null)).toEqual(['CONNECT_TIMEOUT', null]);
    expect(attempts[0]?.failure?.may_have_run).toBe(false);
    expect(outcome.outcome).toBe('success');
    expect(server.counts.runs).toBe(1);
  });
});

describe('--rate', () => {
  it('is waited for before the time of the turn begins, and told as its wait', async () => {
    await using server = await startAgentServer();
    const runtime = manualRuntime();
    await using client = startClient(server, { runtime, ratePerMs: 1 / 20_000, timeoutMs: 5_000 });

    const turns = await pumped(runtime, Promise.all([0, 1, 2].map(() => client.ask(jobOf()))));

    expect(turns.map(({ outcome }) => outcome.outcome)).toEqual(['success', 'success', 'success']);
    expect(turns.map(({ waitMs }) => Math.round((waitMs ?? 0) / 20_000))).toEqual([0, 1, 2]);
    expect(Math.max(...turns.map(({ attempts }) => attempts[0]?.latency_ms ?? 0))).toBeLessThan(10_000);
  });

  it('counts tries again in', async () => {
    await using server = await startAgentServer({ faults: onCreate(1, status(429)) });
    const runtime = manualRuntime();
    await using client = startClient(server, { runtime, ratePerMs: 1 / 20_000 });
    const at: number[] = [];
    const asked = client.ask(jobOf());
    void server.when(({ counts }) => counts.creates === 1).then(() => at.push(runtime.now()));
    void server.when(({ counts }) => counts.creates === 2).then(() => at.push(runtime.now()));

    await pumped(runtime, asked);

    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(15_000);
  });

  it('that leaves no place within --timeout for another try ends the turn at once', async () => {
    await using server = await startAgentServer({ faults: onCreate(1, status(429)) });

    const { outcome, tookMs } = await askTurn(server, { ratePerMs: 1 / 600_000, timeoutMs: 60_000 });

    expect(outcome.failure).toMatchObject({ code: 'TIMEOUT', may_have_run: false });
    expect(tookMs).toBeLessThan(10_000);
  });
});

describe('a batch that gives up', () => {
  it('leaves the run to a later start, and cancels nothing', async () => {
    await using server = await startAgentServer({ agent: () => until(never, says('')) });
    const abort = new AbortController();
    const asked = askTurn(server, { signal: abort.signal });
    await server.when(({ counts }) => counts.runs === 1);

    abort.abort();
    const { isGivenUp } = await asked;

    expect(isGivenUp).toBe(true);
    expect(server.runs[0]?.status).toBe('running');
  });

  it('sends nothing of what waits for its place', async () => {
    await using server = await startAgentServer();
    const runtime = manualRuntime();
    const abort = new AbortController();
    await using client = startClient(server, { runtime, signal: abort.signal, ratePerMs: 1 / 60_000 });
    await pumped(runtime, client.ask(jobOf()));
    const waiting = [1, 2, 3].map(() => client.ask(jobOf()));
    await runtime.whenSleeping(3);

    abort.abort();
    const turns = await pumped(runtime, Promise.all(waiting));

    expect(turns.map(({ isGivenUp }) => isGivenUp)).toEqual([true, true, true]);
    expect(turns.every(({ outcome }) => outcome.failure?.may_have_run === false)).toBe(true);
    expect(server.counts.creates).toBe(1);
  });
});
