import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RenderContext } from '../../src/contracts.ts';
import { createSummary } from '../../src/reports/summary.ts';
import { renderText } from '../../src/reports/text.ts';
import { columnsOf } from '../../src/reports/width.ts';
import type { BatchFacts, Stop, Summary } from '../../src/summary-types.ts';
import type { JobRecord } from '../../src/types.ts';
import { madeBatch, madeFailure, madeRecord, madeTrouble } from './made-records.ts';

const context: RenderContext = {
  width: 60,
  colour: false,
  files: [
    { path: 'results/support/results.csv', holds: 'every turn, in dataset order' },
    { path: 'results/support-20261122T120000Z/results.jsonl', holds: 'the journal' },
  ],
  next: [
    {
      command: 'threadmill run datasets/support.csv --out results/support-20261122T120000Z',
      does: 'goes on',
    },
    { command: 'threadmill report results/support', does: 'shows this again' },
  ],
};

interface Given {
  readonly state?: BatchFacts['state'];
  readonly planned?: number;
  readonly stop?: Stop | null;
  readonly elapsedMs?: number;
}

function summaryOf(records: readonly JobRecord[], given: Given = {}): Summary {
  const { state = 'finished', planned = records.length, stop = null, elapsedMs = 123_400 } = given;
  const builder = createSummary();
  for (const record of records) builder.add(record);
  return builder.summarise({ batch: madeBatch({ state }), planned, stop, elapsedMs });
}

const usage = { input_tokens: 110, output_tokens: 70, total_tokens: 180 };
const successes = Array.from({ length: 300 }, (_, place) =>
  madeRecord({ id: `t-${place + 1}`, latency_ms: 500, wait_ms: 2, ttft_ms: 50, usage }),
);
const timeout = { kind: 'timeout', code: 'TIMEOUT', message: 'No result in 10m.', uncertain: true } as const;
const troubled = summaryOf([
  ...successes,
  ...['a', 'b', 'c', 'd'].map((id) => madeTrouble('error', id)),
  madeTrouble('error', 'e', timeout),
  madeTrouble('interrupted', 'i', { kind: 'agent', code: 'WAITS_FOR_HUMAN', message: 'Refund 40 €?' }),
  madeTrouble('skipped', 'line-17', {
    kind: 'invalid',
    code: 'ROW_UNREADABLE',
    message: 'support.csv:17: 5 cells',
  }),
]);

/** Only these may be longer than the page is wide, and stand alone. */
function isCopyable(line: string): boolean {
  const { files, next } = context;
  const copied = [...files.map(({ path }) => path), ...next.map(({ command }) => command)];
  return copied.includes(line.trim()) || /^ *https?:\/\/\S+$/.test(line);
}

function tooWide(text: string, width: number): string[] {
  return text.split('\n').filter((line) => columnsOf(line) > width && !isCopyable(line));
}

describe('the end text', () => {
  it('reads, at 60 columns, from verdict to next command', () => {
    expect(renderText(troubled, context)).toBe(`\
FAILED: 5 of 307 turns failed, 1 waits for a person

  success      300   97.7 %
  error          5    1.6 %
    uncertain    1  of these
  interrupted    1    0.3 %
  skipped        1    0.3 %
  not yet        0
  planned      307  in all
  Of the uncertain it is unknown how they ended: look at
  them before anybody repeats them.

  asked        306 turns in 2m 03s, since this start
  latency      p50 500 ms, p90 500 ms, p95 500 ms,
               p99 500 ms, max 812 ms, of 301 answers
  first token  p50 50.0 ms, p90 50.0 ms, p95 50.0 ms,
               p99 50.0 ms, max 50.0 ms, of 300 answers
  wait         p50 2.00 ms, p90 2.00 ms, p95 2.00 ms,
               p99 3.09 ms, max 3.10 ms, of 307 turns
  tokens       33,000 in, 21,000 out, 54,000 in all

What went wrong
  4 failed: HTTP_503 (http)
    The server was overloaded or restarting.
    → See that the server is well, and lower --concurrency.
    ids   a, b, c and 1 more
    said  The server answered 503: upstream connect error.

  1 failed: TIMEOUT (timeout)
    The agent had not finished when --timeout had passed;
    the run was cancelled as well as the server can.
    → Raise --timeout if the agent may take that long. Look
      at these in the agent's traces before anybody repeats
      them: they may have run.
    ids   e
    said  No result in 10m.

  1 waiting: WAITS_FOR_HUMAN (agent)
    The agent stopped to ask a person.
    → Copy interrupted.csv, fill in its decisions, and
      resume them: threadmill answer <batch> <copy>.
    ids   i
    said  Refund 40 €?

  1 skipped: ROW_UNREADABLE (invalid)
    The row cannot be read, so it was not asked.
    → Mend the dataset at the line named.
    ids   line-17
    said  support.csv:17: 5 cells

Examples
  t-1  What is 2 + 2? → 4
  t-2  What is 2 + 2? → 4
  t-3  What is 2 + 2? → 4

Files
  results/support/results.csv  every turn, in dataset order
  results/support-20261122T120000Z/results.jsonl
      the journal

Next
  threadmill run datasets/support.csv --out results/support-20261122T120000Z
      goes on
  threadmill report results/support  shows this again
`);
  });

  it('is short where all went well and little is known', () => {
    const record = madeRecord({ latency_ms: null, wait_ms: null, turn: 2, response: null });

    expect(renderText(summaryOf([record]), { ...context, files: [], next: [] })).toBe(
      `\
OK: the one turn succeeded

  success      1  100 %
  error        0
  interrupted  0
  skipped      0
  not yet      0
  planned      1  in all

  asked        1 turn in 2m 03s, since this start

Examples
  t-1 turn 2  What is 2 + 2? → (no text)
`.replace('1  100 %', '1    100 %'),
    );
  });

  it('says why a batch stopped, and how much is left', () => {
    const message = 'Stopped by Ctrl-C: what was in flight finished and is kept.\nThe same command goes on.';
    const summary = summaryOf([madeRecord()], {
      state: 'stopped',
      planned: 2_000,
      stop: { code: 'signal', signal: 'SIGINT', message },
    });

    expect(renderText(summary, context).split('\n').slice(0, 3)).toEqual([
      'INCONCLUSIVE: stopped by SIGINT, 1,999 of 2,000 turns left',
      'Stopped by Ctrl-C: what was in flight finished and is kept.',
      'The same command goes on.',
    ]);
  });

  it('tells of what was asked only where something was', () => {
    const builder = createSummary();
    builder.replay(madeRecord());
    const summary = builder.summarise({ batch: madeBatch(), planned: 1, stop: null, elapsedMs: 5 });

    expect(renderText(summary, context)).not.toContain('asked');
  });

  it('tells ten causes and how many more there are', () => {
    const records = Array.from({ length: 13 }, (_, place) =>
      madeTrouble('error', `t-${place}`, { code: `E${place}` }),
    );

    const text = renderText(summaryOf(records), context);

    expect(text.match(/failed: E\d+/g)?.length).toBe(10);
    expect(text).toContain('And 3 turns of 3 more causes: summary.json has them all.');
  });

  it('shows the URL of an authorisation whole, alone on its line, however long the message', () => {
    const url = `https://auth.example.com/authorize?${'scope=mail&'.repeat(20)}state=1`;
    const message = `${'The tool asks. '.repeat(30)} Open ${url} and sign in.`;
    const failure = { kind: 'agent', code: 'AUTH_REQUIRED', message } as const;

    const text = renderText(summaryOf([madeTrouble('interrupted', 't-1', failure)]), context);

    expect(text.split('\n').map((line) => line.trim())).toContain(url);
    expect(tooWide(text, 60)).toEqual([]);
  });

  it.each([30, 40, 60, 80, 100])('has no line wider than %i columns', (width) => {
    expect(tooWide(renderText(troubled, { ...context, width }), width)).toEqual([]);
  });

  it('says the same in colour, and nothing in colour without', () => {
    const plain = renderText(troubled, context);
    const coloured = renderText(troubled, { ...context, colour: true });

    expect(plain).not.toContain('\x1b');
    expect(coloured).toContain('\x1b[1m\x1b[31mFAILED\x1b[39m\x1b[22m: 5 of');
    expect(stripVTControlCharacters(coloured)).toBe(plain);
  });
});

describe('the end text of hostile content', () => {
  const evil = [
    '\x1b[2J\x1b[31mred',
    '\x1b]8;;http://evil.example\x07click\x1b]8;;\x07',
    '\u009b31m\u202etxt.exe\u2066\u200f',
    'NUL \0 DEL \x7f lone \ud800',
    '\n'.repeat(10_000),
    `${'x'.repeat(1_000_000)}`,
    `${'\u0301'.repeat(10_000)}`,
    '日本語'.repeat(10_000),
    '👩‍👩‍👧‍👦'.repeat(1_000),
    '\u{e0041}\u{e0042}',
  ];

  it.each(evil)('obeys none of it and keeps its width: %#', (text) => {
    const failure = madeFailure({ message: text, code: text });
    const summary = summaryOf([
      madeRecord({ id: text, input: text, response: text }),
      madeRecord({ id: text, input: { messages: [{ content: text }] }, response: text, turn: 7 }),
      madeRecord({ id: text, outcome: 'error', failure }),
    ]);

    const shown = renderText(summary, context);

    expect(shown).not.toMatch(
      /(?!\n)[\p{Cc}\p{Cs}\u200e\u200f\u2028-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u,
    );
    expect(tooWide(shown, 60)).toEqual([]);
    expect(shown.split('\n').length).toBeLessThan(50);
  });

  it('is harmless in stop messages, paths and commands', () => {
    const summary = summaryOf([], {
      state: 'stopped',
      planned: 1,
      stop: { code: 'needs_person', message: evil.join('') },
    });
    const files = evil.map((path) => ({ path, holds: 'evil' }));
    const next = evil.map((command) => ({ command, does: 'evil' }));

    const shown = renderText(summary, { ...context, files, next });

    expect(shown).not.toMatch(
      /(?!\n)[\p{Cc}\p{Cs}\u200e\u200f\u2028-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u,
    );
  });

  it('fills no screen with a stop message', () => {
    const stop = { code: 'needs_person', message: 'The server says: '.repeat(100_000) } as const;

    const shown = renderText(summaryOf([], { state: 'stopped', planned: 1, stop }), context);

    expect(shown.split('\n').length).toBeLessThan(70);
  });

  it('keeps its width for any text whatever', () => {
    const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme', maxLength: 200 }));
    fc.assert(
      fc.property(
        anything,
        anything,
        anything,
        fc.integer({ min: 30, max: 120 }),
        (id, message, response, width) => {
          const summary = summaryOf([
            madeRecord({ id, input: message, response, turn: 3 }),
            madeTrouble('error', id, { message, code: response }),
          ]);

          expect(tooWide(renderText(summary, { ...context, width }), width)).toEqual([]);
        },
      ),
    );
  });
});
