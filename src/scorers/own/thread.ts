/**
 * The thread that a user's scorer runs on: a file of its own, built beside the bundles. Whatever the scorer does there, it
 * can be ended from outside.
 */

import { Console } from 'node:console';
import { register } from 'node:module';
import { inspect } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import type { FromThread, Order, ToThread } from './messages.ts';

const order = workerData as Order;
const tell = (message: FromThread): void => parentPort?.postMessage(message);

// Standard output is for results.
globalThis.console = new Console(process.stderr, process.stderr);

type Judge = (record: unknown) => unknown;

/** A function, or an object with one called `score`. */
function judgeOf(exported: unknown): { readonly judge: Judge; readonly needsExpected: boolean } | string {
  if (typeof exported === 'function') return { judge: exported as Judge, needsExpected: false };
  if (typeof exported === 'object' && exported !== null && 'score' in exported) {
    const { score } = exported;
    const needsExpected = 'needsExpected' in exported && exported.needsExpected === true;
    if (typeof score === 'function') return { judge: score.bind(exported) as Judge, needsExpected };
  }
  return `expected a default export that is a function, or an object with a function score; saw ${exported === undefined ? 'no default export' : typeof exported}`;
}

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : inspect(error);

async function judgeTurn(judge: Judge, id: number, record: unknown): Promise<void> {
  tell({ is: 'began', id });
  try {
    tell({ is: 'scored', id, given: await judge(record) });
  } catch (error) {
    tell({ is: 'thrown', id, stack: stackOf(error) });
  }
}

async function load(): Promise<Judge | null> {
  if (order.stripper !== null) {
    process.setSourceMapsEnabled(true);
    register('./strip-hook.js', import.meta.url, { data: order.stripper });
  }
  try {
    const loaded = judgeOf((await import(order.fileUrl)).default);
    tell(
      typeof loaded === 'string'
        ? { is: 'unusable', why: loaded }
        : { is: 'loaded', needsExpected: loaded.needsExpected },
    );
    return typeof loaded === 'string' ? null : loaded.judge;
  } catch (error) {
    tell({ is: 'unusable', why: stackOf(error) });
    return null;
  }
}

const loading = load();

parentPort?.on('message', async (message: ToThread) => {
  if (message === 'are you there?') return tell({ is: 'here' });
  const judge = await loading;
  if (judge !== null) await judgeTurn(judge, message.id, message.record);
});
