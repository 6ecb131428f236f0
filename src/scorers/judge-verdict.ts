/** What a judge replied. Pure. */

import { isObject, parseJson } from '../json.ts';
import { shown } from './score.ts';

export interface JudgeVerdict {
  /** 0 to 1. */
  readonly score: number;
  readonly reason: string;
}

/** The verdict of a reply, or what is wrong with it: one JSON object and nothing else, of which no part is guessed. */
export function readVerdict(reply: string): JudgeVerdict | string {
  const text = bare(reply);
  const value = parseJson(text);
  if (!isObject(value)) return unreadable('one JSON object {"score": 0 to 1, "reason": "…"}', reply);
  const { score, reason } = value;
  if (typeof score !== 'number' || !(score >= 0 && score <= 1)) {
    const saw = score === undefined ? 'none' : JSON.stringify(score);
    return unreadable('a "score" that is a number from 0 to 1', reply, saw);
  }
  if (typeof reason !== 'string') return unreadable('a "reason" that is a text', reply);
  if (scoresIn(text) > 1) return unreadable('one "score"', reply, 'several');
  return { score, reason: reason.replace(/\s+/g, ' ').trim() };
}

const unreadable = (expected: string, reply: string, saw?: string): string =>
  `the judge's reply cannot be read: expected ${expected}, saw ${saw === undefined ? shown(reply) : `${saw} in ${shown(reply)}`}`;

/** Without the fence that many models put around JSON, and without what a reasoning one thought before. */
function bare(reply: string): string {
  const said = reply.replace(/^\s*<think>[\s\S]*?<\/think>/, '').trim();
  return /^```(?:json)?[ \t]*\n([\s\S]*)\n[ \t]*```$/i.exec(said)?.[1] ?? said;
}

/** How many fields are called `score`, wherever: of two of one object JSON lets the last count, unseen. */
function scoresIn(json: string): number {
  const names = [...json.matchAll(/("(?:[^"\\]|\\.)*")\s*(:?)/g)].filter(([, , colon]) => colon === ':');
  return names.filter(([, name = '""']) => JSON.parse(name) === 'score').length;
}
