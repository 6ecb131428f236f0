/** JavaScript out of a dataset, as promptfoo takes it. It is run only where a person has said so: `node:vm` keeps no secrets. */

import { type Context, createContext, Script } from 'node:vm';
import { isObject } from '../json.ts';
import { TimeLimit } from '../time-limit.ts';
import type { Json, UnscoredRecord } from '../types.ts';
import { answerOf } from './score.ts';

/** What came of a piece of code. */
export type Ran =
  | { readonly is: 'answer'; readonly pass: boolean; readonly reason: string | null }
  /** A number: whether it is enough is for a threshold to say. */
  | { readonly is: 'number'; readonly number: number }
  /** It threw, or gave what is no answer. */
  | { readonly is: 'wrong'; readonly told: string }
  /** It never came to an end. */
  | { readonly is: 'unknown' };

export type Code = (record: UnscoredRecord) => Ran;

/** What a piece of code may take on an answer, ms. */
export const codeTimeoutMs = 1_000;

/**
 * Code that is given `output` and `context` (`vars`: the row's other columns, `prompt`: its input if that is text); or what
 * is wrong with it. An expression, or with several lines a function's body with its `return`.
 */
export function compileCode(code: string): Code | string {
  let script: Script;
  try {
    script = new Script(`(function (output, context) {\n${bodyOf(code.trimEnd())}\n})`, {
      filename: 'javascript',
      lineOffset: -1,
    });
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  const limit = new TimeLimit(codeTimeoutMs);
  // Of its own, with nothing of ours in it: texts go in, a text comes out. What waits for more than itself never ends.
  let place: Context | null = null;
  return (record) => {
    const given = JSON.stringify({ output: answerOf(record), context: contextOf(record) });
    const done = limit.run(() => {
      const asked = place ?? createContext({}, { microtaskMode: 'afterEvaluate' });
      place = null; // what is ended may leave it half done
      Object.assign(asked, { given, result: '' });
      asked['judge'] = script.runInContext(asked);
      call.runInContext(asked);
      place = asked;
      return String(asked['result']);
    });
    return done === null || done.value === '' ? { is: 'unknown' } : ranOf(done.value);
  };
}

const call = new Script(`{
  const { output, context } = JSON.parse(given);
  const say = (value) => { result = JSON.stringify(value); };
  const fail = (error) => say({ wrong: String((error && error.stack) || error) });
  const answer = (value) => {
    if (typeof value === 'boolean') say({ pass: value });
    else if (typeof value === 'number') say({ number: String(value) });
    else if (value && typeof value === 'object' && typeof value.pass === 'boolean')
      say({ pass: value.pass, reason: String(value.reason ?? '') });
    else say({ wrong: 'expected true, false, a number or {pass, score, reason}, saw ' + typeof value });
  };
  try { Promise.resolve(judge(output, context)).then(answer).catch(fail); } catch (error) { fail(error); }
}`);

function ranOf(text: string): Ran {
  const { pass, reason, number, wrong } = JSON.parse(text) as Record<string, Json>;
  if (typeof pass === 'boolean') return { is: 'answer', pass, reason: reason ? String(reason) : null };
  return typeof number === 'string'
    ? { is: 'number', number: Number(number) }
    : { is: 'wrong', told: String(wrong) };
}

function contextOf({ input, metadata }: UnscoredRecord): Json {
  const vars = Object.fromEntries(Object.entries(metadata).filter(([name]) => !name.trim().startsWith('__')));
  return { vars, prompt: typeof input === 'string' ? input : isObject(input) ? JSON.stringify(input) : null };
}

/** Of one line its last expression is what it gives. */
function bodyOf(code: string): string {
  if (code.includes('\n')) return code;
  const line = code.trim().replace(/;+\s*$/, '');
  const last = /^(?:const|let|var)\s/.test(line) ? lastSemicolon(line) : -1;
  const expression = line.slice(last + 1).trim();
  if (/^(?:const|let|var)\s/.test(expression)) return line;
  return last === -1 || expression === ''
    ? `return ${line}`
    : `${line.slice(0, last + 1)} return ${expression}`;
}

/** Outside of texts; -1 where there is none. */
function lastSemicolon(line: string): number {
  let quote: string | null = null;
  let last = -1;
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === '\\') at += 1;
    else if (quote !== null) quote = character === quote ? null : quote;
    else if ('\'"`'.includes(character)) quote = character;
    else if (character === ';') last = at;
  }
  return last;
}
