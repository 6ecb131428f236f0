import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assign } from '../../src/scorers/assign.ts';
import { holdsObject } from '../../src/scorers/embedded-json.ts';
import { createScorers } from '../../src/scorers/index.ts';
import { compileSchema } from '../../src/scorers/json-schema.ts';
import type { Json } from '../../src/types.ts';
import { madeRecord } from '../reports/made-records.ts';
import { workplace } from '../support/threadmill.ts';
import { madeScorer, scoreOf } from './made-score.ts';

const anyJson = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;

describe('json', () => {
  it.for<readonly [scorer: string, expected: Json, answer: string, value: number | null]>([
    ['json', { a: 1, b: [1, 2] }, '{ "b": [1, 2], "a": 1.0 }', 1],
    ['json', '{"a":1}', '{"a":1}', 1], // a CSV's cell
    ['json', { a: 1 }, '```json\n{"a":1}\n```', 1],
    ['json', { a: 1 }, 'Here: {"a":1}', 0],
    ['json', { a: 1 }, '{"a":1,"b":2}', 0],
    ['json', { a: 1, b: 2 }, '{"a":1}', 0],
    ['json', { a: null }, '{}', 0],
    ['json', JSON.parse('{"__proto__":1}') as Json, '{}', 0],
    ['json', [1, 2], '[2,1]', 0],
    ['json:unordered', [1, 2], '[2,1]', 1],
    ['json:unordered', { a: [[1, 2], 3] }, '{"a":[3,[2,1]]}', 1],
    ['json:unordered', [1, 1, 2], '[1,2,2]', 0],
    ['json', 0.3, '0.30000000000000004', 0],
    ['json:0.1', { a: 0.2 }, '{"a":0.3}', 1],
    ['json:1%', { a: 200 }, '{"a":202}', 1],
    ['json:1%', { a: 200 }, '{"a":203}', 0],
    ['json:unordered,0.1', [1, 1.1], '[1,0.9]', 1], // 1 goes with 0.9, so that 1.1 gets the 1
    ['json:unordered', Array.from({ length: 501 }, (_, at) => at), '[]', null],
    ['json', 'Paris', '"Paris"', null], // no JSON to compare with
    ['json', '"Paris"', '"Paris"', 1],
    ['json', { a: 1 }, '', 0],
    ['json', { a: 1 }, '['.repeat(2_000), 0],
    ['json', { a: 1 }, '{"a":"1"}', 0],
    ['json:valid', null, '[1]', 1],
    ['json:valid', null, 'x', 0],
    ['json:valid', null, '```json\n1\n```', 0],
  ])('%s: expected %j, saw %j: %j', ([scorer, expected, answer, value]) => {
    expect(scoreOf(scorer, expected, answer).value).toBe(value);
  });

  it.for<readonly [Json, string, string]>([
    [{ items: [{ price: 3 }] }, '{"items":[{"price":4}]}', '$.items[0].price: expected 3, saw 4'],
    [{ 'a b': 1 }, '{}', '$["a b"]: expected 1, saw no such field'],
    [{}, '{"a":"x"}', '$.a: expected no such field, saw "x"'],
    [[1], '[1,2]', '$: expected 1 items, saw 2'],
    [{ a: {} }, '{"a":[1]}', '$.a: expected {}, saw [1]'],
  ])('says where %j is not %s', ([expected, answer, reason]) => {
    expect(scoreOf('json', expected, answer).reason).toBe(reason);
  });

  it('is 1 for the same value, in whatever order of fields and items', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        // JSON writes -0 as 0.
        const expected = JSON.parse(JSON.stringify(value)) as Json;

        expect(scoreOf('json', [expected], JSON.stringify([reversed(expected, false)])).value).toBe(1);
        expect(scoreOf('json:unordered', [expected], JSON.stringify([reversed(expected, true)])).value).toBe(
          1,
        );
      }),
    );
  });

  it('is 0 for two values that are written differently', () => {
    fc.assert(
      fc.property(anyJson, anyJson, (one, other) => {
        fc.pre(JSON.stringify(sorted(one)) !== JSON.stringify(sorted(other)));

        expect(scoreOf('json', [one], JSON.stringify([other])).value).toBe(0);
      }),
    );
  });

  it.for(['json:', 'json:x', 'json:valid,unordered', 'json:0.1,0.2', 'json:-1'])('refuses %s', (text) => {
    expect(() => madeScorer(text)).toThrow(/^json: expected valid .* got/);
  });
});

describe('pairing', () => {
  it('finds one for each where there is a way, and else names one that is left', () => {
    const graphs = fc.integer({ min: 0, max: 6 }).chain((count) =>
      fc.array(fc.array(fc.boolean(), { minLength: count, maxLength: count }), {
        minLength: count,
        maxLength: count,
      }),
    );

    fc.assert(
      fc.property(graphs, (graph) => {
        const paired = assign(graph.length, graph.length, (one, other) => graph[one]?.[other] ?? false);

        expect(!paired.includes(null)).toBe(hasPairing(graph, 0, new Set()));
      }),
    );
  });
});

describe('a part of JSON', () => {
  it.for<readonly [scorer: string, expected: Json, answer: string, value: number | null]>([
    ['json:path=$.a.b', 2, '{"a":{"b":2}}', 1],
    ['json:path=$.a.b', '2', '{"a":{"b":2}}', 1], // a CSV's cell
    ['json:path=$.a.b', '2', '{"a":{"b":"2"}}', 1], // the text itself
    ['json:path=$.a.b', 'Oslo', '{"a":{"b":"Oslo"}}', 1],
    ['json:path=$.a.b', 'Oslo', '{"a":{"b":"Bergen"}}', 0],
    ['json:path=$.a.b', 'Oslo', '{"a":{}}', 0],
    ['json:path=$.a.b', 'Oslo', 'Oslo', 0],
    ['json:path=$.items[*].id', [1, 2], '```json\n{"items":[{"id":1},{"id":2}]}\n```', 1],
    ['json:unordered,path=$.items[*].id', [2, 1], '{"items":[{"id":1},{"id":2}]}', 1],
    ["json:0.5,path=$['a','b']", [1, 2], '{"a":1.5,"b":2}', 1],
    ['json:valid,path=$.a', null, '{"a":null}', 1],
    ['json:valid,path=$.a', null, '{"b":1}', 0],
    ["json:path=$[?search(@, '(a+)+$')]", 'x', JSON.stringify([`${'a'.repeat(60)}!`]), null],
  ])('%s: expected %j, saw %j: %j', ([scorer, expected, answer, value]) => {
    expect(scoreOf(scorer, expected, answer).value).toBe(value);
  });

  it('that differs is told with its place', () => {
    expect(scoreOf('json:path=$.a', { b: 1 }, '{"a":{"b":2}}').reason).toBe('at $.a: $.b: expected 1, saw 2');
    expect(scoreOf('json:path=$.c', 1, '{"a":1}').reason).toMatch(/something at \$\.c, saw nothing there/);
  });
});

describe('JSON by a schema', () => {
  const order = {
    type: 'object',
    required: ['id'],
    properties: { id: { type: 'string', pattern: '^(a+)+$' }, day: { type: 'string', format: 'date' } },
    additionalProperties: false,
  };
  const evil = JSON.stringify({ id: `${'a'.repeat(60)}!` });

  it.each<[string, string, number | null, RegExp | null]>([
    ['json:schema=order.json', '{"id":"aa"}', 1, null],
    ['json:schema=order.json', '```\n{"id":"aa","day":"2026-02-28"}\n```', 1, null],
    ['json:schema=order.json', '{"id":"aa","day":"2026-02-30"}', 0, /^\$\/day must match format "date", saw/],
    ['json:schema=order.json', '{"id":1}', 0, /^\$\/id must be string, saw \{"id":1\}/],
    ['json:schema=order.json', '{}', 0, /must have required property 'id'/],
    ['json:schema=order.json', '{"id":"a","b":1}', 0, /must NOT have additional properties: "b"/],
    ['json:schema=order.json', 'no', 0, /expected JSON, saw "no"/],
    ['json:schema=order.json', evil, null, /took longer than 100 ms/],
    ['json:schema=order.json,path=$.order', '{"order":{"id":"a"}}', 1, null],
    ['json:schema=order.json,path=$.order', '{"order":{"id":2}}', 0, /^at \$\.order: \$\/id must be string/],
  ])('%s of %s is %j', async (text, answer, value, reason) => {
    await using place = await workplace({ 'order.json': JSON.stringify(order) });
    const [named] = await createScorers([text], { price: null, cwd: place.path });

    const score = await named?.scorer.score(madeRecord({ response: answer }));

    expect(score?.value).toBe(value);
    if (reason !== null) expect(score?.reason).toMatch(reason);
  });

  it.each<[string, RegExp]>([
    ['json:schema=none.json', /found none at "none\.json"/],
    ['json:schema=no.json', /no\.json: expected JSON, saw "no"/],
    ['json:schema=list.json', /list\.json: expected a JSON Schema, an object, saw \[\]/],
    ['json:schema=typo.json', /unknown keyword: "propertys"/],
    ['json:schema=type.json', /expected a JSON Schema, saw .*type/],
    ['json:schema=far.json', /can't resolve reference/],
    ['json:schema=old.json', /of draft-07, 2019-09 or 2020-12, saw "\$schema"/],
    ['json:schema=regex.json', /Invalid regular expression|must match format "regex"/],
    ['json:schema=', /got "schema="/],
    ['json:schema=order.json,0.1', /got "schema=order\.json,0\.1"/],
    ['json:path=a.b', /expected a JSONPath such as \$\.a\.b behind path=, got "a\.b"/],
    ['json:path=', /got "path="/],
  ])('%s is refused', async (text, told) => {
    await using place = await workplace({
      'no.json': 'no',
      'list.json': '[]',
      'typo.json': '{"propertys":{}}',
      'type.json': '{"type":"texts"}',
      'far.json': '{"$ref":"https://example.com/a.json"}',
      'old.json': '{"$schema":"http://json-schema.org/draft-04/schema#"}',
      'regex.json': '{"pattern":"("}',
      'order.json': '{}',
    });

    await expect(createScorers([text], { price: null, cwd: place.path })).rejects.toThrow(told);
  });

  it.each([
    'http://json-schema.org/draft-07/schema#',
    'https://json-schema.org/draft/2019-09/schema',
    'https://json-schema.org/draft/2020-12/schema',
  ])('may be of %s, and two may have one $id', ($schema) => {
    for (const type of ['string', 'number']) {
      const schema = compileSchema({ $schema, $id: 'https://example.com/one', type });

      expect(typeof schema === 'string' ? schema : schema.misfit('text')).toEqual({
        unknown: false,
        told: type === 'string' ? null : '$ must be number',
      });
    }
  });
});

describe('JSON in running text', () => {
  it.for<readonly [string, boolean | null]>([
    ['Here: {"a": {"b": "}"}} there', true],
    ['{}', true],
    ['{a: 1}', false],
    ['see [1]', false],
    ['a { b } and {"c": 1}', true],
    ['{"a": "\\"}"}', true],
    ['{ {"a": 1}', true],
    ['{"a": 1', false],
    ['', false],
    ['{'.repeat(100_000), null],
  ])('%j: %j', ([text, holds]) => {
    expect(holdsObject(text, () => true)).toBe(holds);
  });
});

function reversed(value: Json, withItems: boolean): Json {
  if (Array.isArray(value)) {
    const items = value.map((item) => reversed(item, withItems));
    return withItems ? items.reverse() : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => [name, reversed(field, withItems)] as const);
  return Object.fromEntries(fields.reverse());
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => [name, sorted(field)] as const);
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** By trying all. */
function hasPairing(
  graph: readonly (readonly boolean[])[],
  one: number,
  taken: ReadonlySet<number>,
): boolean {
  const row = graph[one];
  if (row === undefined) return true;
  return row.some(
    (isSame, other) => isSame && !taken.has(other) && hasPairing(graph, one + 1, new Set([...taken, other])),
  );
}
