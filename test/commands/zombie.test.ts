/** A process that is stopped past the lock, loses its batch to another start, and wakes. */

import { open, readFile, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../support/agent-replies.ts';
import { type AgentServer, says, startAgentServer } from '../support/agent-server.ts';
import { gate } from '../support/gate.ts';
import { questions, type Started, type Workplace, workplace } from '../support/threadmill.ts';

const rows = 8;
const patiently = { timeout: 20_000 };
const at = (url: string) => ['--url', url, '--agent', 'agent'];

/** Stops it, and makes its last heartbeat one of half a minute ago. */
async function putToSleep({ process: child }: Started, place: Workplace): Promise<void> {
  child.kill('SIGSTOP');
  await expect.poll(() => readFile(`/proc/${child.pid}/stat`, 'utf8'), patiently).toContain(') T ');
  const time = Date.now() / 1_000 - 31;
  await utimes(join(place.path, 'out/lock'), time, time);
}

/** Everything a batch leaves but its server's state: name and content. */
async function filesOf(place: Workplace): Promise<Record<string, string>> {
  const batch = place.batch('out');
  const names = (await batch.names()).sort();
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await batch.text(name)])));
}

interface Told {
  readonly server: AgentServer;
  readonly place: Workplace;
  /** Of the one that went on. */
  readonly code: number | null;
  /** Of the one that was stopped. */
  readonly woken: { readonly code: number | null; readonly stderr: string; readonly stdout: string };
  readonly before: Record<string, string>;
  /** What was appended to the journal file that the sleeper has open, bytes. */
  readonly grown: number;
}

/** Stops a batch with 4 of 8 asked and one recorded, lets another start finish it, and wakes the first. */
async function sleepThroughIt(args: readonly string[], seen: (told: Told) => void | Promise<void>) {
  const hold = gate();
  let asked = 0;
  await using server = await startAgentServer({
    agent: ({ prompt }) => {
      asked += 1; // which row comes first is not said
      return asked === 1 ? says(prompt) : until(hold.opened, says(prompt));
    },
  });
  await using place = await workplace({ 'qa.csv': questions(rows) });
  const command = ['run', 'qa.csv', ...at(server.url), '--out', 'out', '-c', '3', '--json', ...args];
  const first = place.start(command);
  await server.when(({ counts }) => counts.creates === 4);
  await expect.poll(async () => (await place.batch('out').records()).length, patiently).toBe(1);
  await putToSleep(first, place);
  const asleepAt = performance.now();
  await using itsJournal = await open(join(place.path, 'out/results.jsonl'));
  const { size } = await itsJournal.stat();

  hold.open();
  const { code } = await place.threadmill(command);
  const before = await filesOf(place);
  await expect.poll(() => performance.now() - asleepAt, { timeout: 5_000 }).toBeGreaterThan(3_100);
  first.process.kill('SIGCONT');
  const woken = await first.ended;

  const grown = (await itsJournal.stat()).size - size;
  expect((await stat(join(place.path, 'out/results.jsonl'))).ino).not.toBe((await itsJournal.stat()).ino);
  await seen({ server, place, code, woken, before, grown });
}

describe('a stopped batch that wakes after another start went on with it', () => {
  it.each([
    ['exactly-once', [], { success: 8, uncertain: 0 }],
    ['at-most-once, on threads', ['--delivery', 'at-most-once'], { success: 8, uncertain: 0 }],
    ['at-most-once, stateless', ['--mode', 'stateless'], { success: 5, uncertain: 3 }],
  ])('asks nothing more, records nothing, and ends with 3: %s', async (_, args, counts) => {
    await sleepThroughIt(args, async ({ server, place, code, woken, before, grown }) => {
      const batch = place.batch('out');

      expect(code).toBe(counts.uncertain > 0 ? 1 : 0);
      expect((await batch.summary()).counts).toMatchObject({ ...counts, not_yet: 0 });
      expect(server.counts.creates).toBe(rows);
      expect(new Set((await batch.records()).map(({ id }) => id)).size).toBe(rows);
      expect(woken.code).toBe(3);
      expect(woken.stderr).toContain('the lock is gone: another start took this batch over');
      expect(woken.stdout).not.toContain('"event":"finished"');
      expect(grown).toBe(0);
      expect(await filesOf(place)).toEqual(before);
      expect(Object.keys(before)).not.toContain('lock');
      expect(Object.keys(before)).not.toContain('lock.copy');
    });
  });
});
