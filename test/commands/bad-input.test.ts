/** Wrong use: an error that says where and what to do, exit 2, nothing sent, nothing left behind. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentServer, says, startAgentServer } from '../support/agent-server.ts';
import { questions, type Workplace, workplace } from '../support/threadmill.ts';

let server: AgentServer;
let place: Workplace;

const files = {
  'qa.csv': questions(3),
  'empty.csv': '',
  'header.csv': 'id,prompt\n',
  'ragged.csv': 'id,prompt\na,one\nb,two,three\n',
  'quote.csv': 'id,prompt\na,"one\nb,two\n',
  'twice.csv': 'id,prompt\na,one\nb,two\na,three\n',
  'columns.csv': 'id,promt\na,one\n',
  'nul.csv': 'id,prompt\na,o\u0000ne\n',
  'latin1.csv': Buffer.from('id,prompt\na,caf\xe9\n', 'latin1'),
  'broken.jsonl': '{"prompt":"one"}\n{"prompt":"two"\n',
  'object.json': '{"prompt":"one"}',
  'turns.jsonl': '{"turns":["one"]}\n{"turns":"two"}\n',
  'messages.jsonl': '{"messages":[{"role":"user","content":"hi"}]}\n{"messages":[{"content":"hi"}]}\n',
  'resume.csv': 'prompt,resume\none,"[true]"\ntwo,true\n',
  'body.json': '{"config": ',
  'config.yaml': 'concurency: 5\n',
};

describe('wrong use', () => {
  beforeAll(async () => {
    server = await startAgentServer({ agent: ({ prompt }) => says(prompt) });
    place = await workplace(files);
  });
  afterAll(async () => {
    await place[Symbol.asyncDispose]();
    await server.close();
  });

  it.each<[string, readonly string[], readonly (string | RegExp)[]]>([
    ['a missing dataset', ['run', 'none.csv'], ['none.csv', 'no such file']],
    ['an empty dataset', ['run', 'empty.csv'], ['empty.csv', 'empty']],
    ['a header and no rows', ['run', 'header.csv'], ['header.csv', 'rows']],
    ['a directory', ['run', '.', '--format', 'csv'], ['directory']],
    ['a ragged row', ['run', 'ragged.csv'], ['ragged.csv:3', /2\b.*3\b/]],
    ['an open quote', ['run', 'quote.csv'], ['quote.csv:2', 'quote']],
    ['an id that comes twice', ['run', 'twice.csv'], ['twice.csv:4', 'line 2']],
    ['no input column, the nearest named', ['run', 'columns.csv'], ['promt', 'prompt']],
    ['a NUL', ['run', 'nul.csv'], ['nul.csv:2', 'NUL']],
    [
      'bytes that are not UTF-8, by line and column',
      ['run', 'latin1.csv'],
      [/latin1\.csv:2:6|latin1\.csv:2\b.*column 6/, '--encoding'],
    ],
    ['a broken JSONL line', ['run', 'broken.jsonl'], ['broken.jsonl:2']],
    ['a JSON that is no array', ['run', 'object.json'], ['object.json', 'array']],
    ['turns of the wrong shape', ['run', 'turns.jsonl'], ['turns.jsonl:2', 'turns']],
    ['messages of the wrong shape', ['run', 'messages.jsonl'], ['messages.jsonl:2', 'role']],
    ['a resume of the wrong shape', ['run', 'resume.csv'], ['resume.csv:3', 'resume']],
    ['an unknown template column', ['run', 'qa.csv', '--template', 'Say {{titel}}'], ['titel', 'prompt']],
    [
      'an unknown option, the nearest named',
      ['run', 'qa.csv', '--concurency', '5'],
      ['--concurency', '--concurrency'],
    ],
    ['an unknown command, the nearest named', ['rum', 'qa.csv'], ['"rum"', 'run']],
    ['an argument too many', ['run', 'qa.csv', 'other.csv'], ['"other.csv"']],
    ['a duration without unit', ['run', 'qa.csv', '--timeout', '90'], ['--timeout', '90s', '"90"']],
    ['a number that is none', ['run', 'qa.csv', '-c', 'many'], ['--concurrency', '"many"']],
    ['a URL that is none', ['run', 'qa.csv', '--url', 'example'], ['--url', '"example"']],
    ['a header that is none', ['run', 'qa.csv', '--header', 'no colon'], ['--header']],
    ['an unset variable in a header', ['run', 'qa.csv', '--header', 'X-User: ${NOBODY}'], ['NOBODY']],
    ['a broken --body', ['run', 'qa.csv', '--body', 'body.json'], ['body.json', 'JSON']],
    [
      'an unknown option in a config file',
      ['run', 'qa.csv', '--config', 'config.yaml'],
      ['config.yaml', 'concurency'],
    ],
    ['an unknown id', ['run', 'qa.csv', '--ids', 'r1,r99'], ['"r99"']],
    ['--out on a file', ['run', 'qa.csv', '--out', 'qa.csv'], ['--out', 'file']],
    [
      '--out where nothing can be made',
      ['run', 'qa.csv', '--out', '/proc/nowhere/out'],
      ['--out', '/proc/nowhere'],
    ],
    [
      'exactly-once without a thread',
      ['run', 'qa.csv', '--mode', 'stateless', '--delivery', 'exactly-once'],
      ['exactly-once', 'threaded'],
    ],
    ['two ways of guarding', ['run', 'qa.csv', '--excel', '--raw-csv'], ['--raw-csv']],
    ['stdin without a format', ['run', '-'], ['--format']],
  ])('refuses %s', async (_, args, says) => {
    const before = server.counts.creates;

    const { code, stdout, stderr } = await place.command(args, {
      env: { LANGGRAPH_API_URL: server.url, LANGGRAPH_AGENT_ID: 'agent' },
    });

    for (const text of says)
      expect(stderr).toMatch(
        text instanceof RegExp ? text : new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')),
      );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toContain('    at ');
    expect(server.counts.creates).toBe(before);
    expect(await place.batches()).toEqual([]);
  });

  it('tells several faults at once', async () => {
    const { stderr } = await place.command([
      'run',
      'qa.csv',
      '--timeout',
      'x',
      '-c',
      '0',
      '--agent',
      'a',
      '--sample',
      '2',
      '--limit',
      '1',
    ]);

    expect(stderr.trim().split('\n')).toHaveLength(4);
  });

  it.each<[string, readonly string[], number, readonly string[]]>([
    [
      'an unreachable host',
      ['--url', 'http://127.0.0.1:1', '--agent', 'a'],
      3,
      ['cannot be reached', 'CONNECT_REFUSED'],
    ],
    [
      'a host name that is not known',
      ['--url', 'http://nowhere.invalid', '--agent', 'a'],
      3,
      ['DNS_NOT_FOUND'],
    ],
  ])('says what to do with %s', async (_, args, exit, says) => {
    const { code, stderr } = await place.command(['check', ...args]);

    expect(code).toBe(exit);
    for (const text of says) expect(stderr).toContain(text);
  });

  it('tells a wrong key, an unknown agent and a web page apart', async () => {
    await using locked = await startAgentServer({ apiKey: 'right-key-123456' });
    await using page = await startAgentServer({
      faults:
        () =>
        async ({ response }) =>
          void response
            .writeHead(200, { 'content-type': 'text/html' })
            .end('<!doctype html><title>Hello</title>'),
    });
    const check = (url: string, agent: string) =>
      place.command(['check', '--url', url, '--agent', agent], {
        env: { LANGGRAPH_API_KEY: 'wrong-key-canary' },
      });

    const key = await check(locked.url, 'agent');
    const agent = await check(server.url, 'nobody');
    const web = await check(page.url, 'agent');

    expect([key.code, agent.code, web.code]).toEqual([4, 4, 4]);
    expect(key.stderr).toContain('key was refused');
    expect(agent.stderr).toMatch(/id is wrong, or the key is not of the agent's owner/);
    expect(web.stderr).toContain('web page');
    expect(key.stderr + agent.stderr + web.stderr).not.toContain('canary');
  });

  it('takes a key with a newline at its end', async () => {
    await using locked = await startAgentServer({ apiKey: 'right-key-123456' });

    const { code } = await place.command(['check', '--url', locked.url, '--agent', 'agent'], {
      env: { LANGGRAPH_API_KEY: 'right-key-123456\n' },
    });

    expect(code).toBe(0);
  });

  it('does not send a key over plain http to another machine', async () => {
    const { code, stderr } = await place.command(
      ['check', '--url', 'http://example.invalid', '--agent', 'a'],
      { env: { LANGGRAPH_API_KEY: 'canary-key-123456' } },
    );

    expect(code).toBe(2);
    expect(stderr).toContain('--insecure-http');
    expect(stderr).not.toContain('canary');
  });
});
