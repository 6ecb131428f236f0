import { describe, expect, it } from 'vitest';
import { compilePath, oneValue } from '../src/json-path.ts';
import { mostTimeouts } from '../src/time-limit.ts';
import type { Json } from '../src/types.ts';

function path(text: string) {
  const compiled = compilePath(text);
  if (typeof compiled === 'string') throw new Error(compiled);
  return compiled;
}

describe('a JSONPath', () => {
  const state: Json = { answer: { city: 'Oslo' }, items: [{ n: 1 }, { n: 2 }], nothing: null, '': 'blank' };

  it.each<[string, Json]>([
    ['$.answer.city', 'Oslo'],
    ["$['answer']['city']", 'Oslo'],
    ['$.items[*].n', [1, 2]],
    ['$.items[-1].n', 2],
    ['$..n', [1, 2]],
    ['$.items[?@.n > 1].n', 2],
    ["$.items[?search(@.n, '1')]", null],
    ['$.none', null],
    ['$.nothing', null],
    ["$['']", 'blank'],
    ['$.answer', { city: 'Oslo' }],
  ])('%s names %j', (text, value) => {
    expect(oneValue(path(text)(state))).toEqual(value);
  });

  it.each(['answer', '$.', '$.a.', '$[', '$[?nope(@)]', '$.a.~', '$[1:2:3:4]'])(
    '%s is none, and why is said',
    (text) => {
      expect(compilePath(text)).toMatch(/./);
    },
  );

  it('that would search forever ends, and is tried no more after a while', () => {
    const values = path("$[?search(@, '(a+)+$')]");
    const evil = [`${'a'.repeat(60)}!`];

    for (let at = 0; at < mostTimeouts; at += 1) expect(values(evil)).toBeNull();

    expect(values(['a'])).toBeNull();
  });
});
