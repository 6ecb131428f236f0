/** The question before a large batch, asked of a person at a terminal and of nobody else. */

import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Config } from '../options.ts';
import type { Io } from './io.ts';
import type { Plan } from './plan.ts';

/** Up to so many examples nobody is asked. */
const fewExamples = 100;

/** False: a person said no. */
export async function confirmed(plan: Plan, config: Config, io: Io): Promise<boolean> {
  const { stdin, stderr } = io;
  const isAsked =
    (plan.again?.turns ?? plan.examples) > fewExamples &&
    !plan.isLocal &&
    !config.yes &&
    stdin.isTTY === true &&
    stderr.isTTY === true;
  if (!isAsked) return true;
  const left = plan.again?.turns ?? plan.turns - plan.recorded;
  const answer = await question(io, `Ask ${plan.agent} ${left.toLocaleString('en')} times? [y/N] `);
  const isYes = /^y(es)?$/i.test(answer.trim());
  if (!isYes) stderr.write('Nothing was asked. (--limit 10 tries a few; --yes does not ask.)\n');
  return isYes;
}

/** A line that a person types; hidden where it is a secret. */
export async function question({ stdin, stderr }: Io, text: string, isHidden = false): Promise<string> {
  const output = new Writable({
    write: (chunk, _, done) => {
      if (!isHidden) stderr.write(String(chunk));
      done();
    },
  });
  stderr.write(isHidden ? text : '');
  const lines = createInterface({ input: stdin, output, terminal: stdin.isTTY === true });
  try {
    return await lines.question(isHidden ? '' : text);
  } finally {
    lines.close();
    if (isHidden) stderr.write('\n');
  }
}
