/** How the check of a large dataset tells how far it is. */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadTold } from '../../src/commands/checking.ts';
import { libraryIo } from '../../src/commands/library.ts';
import { rememberedConfig } from '../../src/config.ts';
import type { Config } from '../../src/options.ts';
import { type Runtime, systemRuntime } from '../../src/runtime.ts';
import { questions, workplace } from '../support/threadmill.ts';

/** A clock whose ticks come at each turn of the event loop, and whose `now` goes on by so much at each look. */
function ticking(stepMs: number): Runtime & { readonly running: number } {
  let now = 0;
  let running = 0;
  return {
    ...systemRuntime,
    now: () => {
      now += stepMs;
      return now;
    },
    every: (_, tick) => {
      let isOver = false;
      const turn = () => {
        if (isOver) return;
        tick();
        setImmediate(turn);
      };
      running += 1;
      setImmediate(turn);
      return () => {
        isOver = true;
        running -= 1;
      };
    },
    get running() {
      return running;
    },
  };
}

async function told({ isTTY = true, stepMs = 1_000, ...options }: TellOptions): Promise<string> {
  await using place = await workplace({ 'qa.csv': questions(2_000) });
  let text = '';
  const stderr = {
    isTTY,
    columns: 80,
    write: (chunk: string) => {
      text += chunk;
    },
  };
  const runtime = ticking(stepMs);
  const config = { ...rememberedConfig({}), quiet: false, progress: 'auto' as const, ...options };

  const dataset = await loadTold(
    { path: join(place.path, 'qa.csv'), name: 'qa.csv' },
    config,
    libraryIo({ runtime, stderr }),
  );

  expect(dataset.facts.examples).toBe(2_000);
  expect(runtime.running).toBe(0);
  return text;
}

type TellOptions = Partial<Pick<Config, 'quiet' | 'progress'>> & { isTTY?: boolean; stepMs?: number };

describe('the check of a dataset', () => {
  it('draws how many rows it has read in place, and takes the line away', async () => {
    const text = await told({});

    expect(text).toMatch(/^(\r\x1b\[KChecking qa\.csv: [\d,]+ rows)+\r\x1b\[K$/);
  });

  it('says nothing on a terminal in its first second', async () => {
    expect(await told({ stepMs: 0 })).toBe('');
  });

  it('writes plain lines where no person looks', async () => {
    expect(await told({ isTTY: false })).toMatch(/^(Checking qa\.csv: [\d,]+ rows\n)+$/);
  });

  it.each([{ quiet: true }, { progress: 'none' as const }])('says nothing with %o', async (options) => {
    expect(await told(options)).toBe('');
  });
});
