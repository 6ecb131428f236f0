import { describe, expect, it } from 'vitest';
import { outputs, startAgentServer } from '../support/agent-server.ts';
import { workplace } from '../support/threadmill.ts';

const at = (url: string) => ['--url', url, '--agent', 'agent', '--out', 'out'];
/** A graph that is no chat: cities that it found, and how many. */
const finds = ({ prompt }: { prompt: string }) =>
  outputs({ cities: prompt.split(' ').map((name) => ({ name })), count: prompt.split(' ').length });
const rows = 'id,prompt\na,Oslo Bergen\nb,=1+1\n';

describe('--extract', () => {
  it('puts values of the state into record and CSV, also made again from the journal', async () => {
    await using server = await startAgentServer({ agent: finds });
    await using place = await workplace({ 'cities.csv': rows });

    await place.command([
      ...['run', 'cities.csv', ...at(server.url), '--record', 'response'],
      ...['--extract', 'city=$.cities[*].name', '--extract', 'none=$.nope', '--extract', 'response=$.count'],
      ...['--scorer', 'contains:O'],
    ]);

    const batch = place.batch('out');
    expect((await batch.records()).map(({ id, extracted }) => [id, extracted]).sort()).toEqual([
      ['a', { city: ['Oslo', 'Bergen'], none: null, response: 2 }],
      ['b', { city: '=1+1', none: null, response: 1 }],
    ]);
    const cells = (await batch.csv('results.csv')).map(({ city, none, threadmill_response: count }) => [
      city,
      none,
      count,
    ]);
    expect(cells).toEqual([
      ['["Oslo","Bergen"]', '', '2'],
      ["'=1+1", '', '1'],
    ]);
    const [header = ''] = (await batch.text('results.csv')).split('\n');
    expect(header).toMatch(/total_tokens,city,none,threadmill_response,score_contains\r?$/);
    const before = await batch.csv('results.csv');
    await place.command(['report', 'out', '--format', 'csv']);
    expect((await batch.csv('results.csv')).map(({ city }) => city)).toEqual(before.map(({ city }) => city));
  });

  it.each([
    [
      ['city=cities'],
      '--extract: expected a name and a JSONPath such as city=$.address.city, got "city=cities"',
    ],
    [['$.cities'], 'got "$.cities"'],
    [['__proto__=$.a'], 'got "__proto__=$.a"'],
    [['a=$.b', 'a=$.c'], '"a" is there twice'],
    [
      ['a=$.b[', 'b=$.['],
      '--extract: expected a name and a JSONPath such as city=$.address.city, got "b=$.[": ',
    ],
  ])('refuses %j before anything is sent', async (paths, told) => {
    await using server = await startAgentServer({ agent: finds });
    await using place = await workplace({ 'cities.csv': rows });

    const { code, stderr } = await place.command([
      ...['run', 'cities.csv', ...at(server.url)],
      ...paths.flatMap((path) => ['--extract', path]),
    ]);

    expect(code).toBe(2);
    expect(stderr.replace(/\s+/g, ' ')).toContain(told);
    expect(server.requests).toEqual([]);
  });
});
