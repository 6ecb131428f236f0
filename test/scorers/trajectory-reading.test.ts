import { describe, expect, it } from 'vitest';
import { ofCalls, trajectoryOf } from '../../src/scorers/trajectory/trajectory.ts';
import type { Json, JsonObject } from '../../src/types.ts';

const human = { type: 'human', content: 'x' };
const ai = (fields: JsonObject): JsonObject => ({ type: 'ai', content: '', ...fields });
const pay = (args: Json, id: string | null = 'c1') => ({ name: 'pay', args, id, type: 'tool_call' });
const answer = (fields: JsonObject): JsonObject => ({ type: 'tool', content: 'done', ...fields });

const read = (messages: readonly Json[], input: Json = 'x') =>
  trajectoryOf({ input, messages: [human, ...messages], tool_calls: [] });
const callsIn = (fields: JsonObject) =>
  read([ai(fields)]).calls.map(({ name, args, id, isReadable }) => ({ name, args, id, isReadable }));

const paid = { name: 'pay', args: { sum: 5 }, id: 'c1', isReadable: true };
const text = '{"sum":5}';

describe("a message's calls", () => {
  it.each<[string, JsonObject]>([
    ['tool_calls', { tool_calls: [pay({ sum: 5 })] }],
    ['tool_calls with arguments as text', { tool_calls: [pay(text)] }],
    [
      "OpenAI's tool_calls",
      { tool_calls: [{ id: 'c1', type: 'function', function: { name: 'pay', arguments: text } }] },
    ],
    ["Anthropic's blocks", { content: [{ type: 'tool_use', id: 'c1', name: 'pay', input: { sum: 5 } }] }],
    [
      "Anthropic's blocks of a stream",
      { content: [{ type: 'tool_use', id: 'c1', name: 'pay', input: text }] },
    ],
    ["LangChain 1's blocks", { content: [{ type: 'tool_call', id: 'c1', name: 'pay', args: { sum: 5 } }] }],
    [
      "OpenAI's newer blocks",
      { content: [{ type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'pay', arguments: text }] },
    ],
    [
      'chunks of a stream',
      { type: 'AIMessageChunk', tool_call_chunks: [{ id: 'c1', index: 0, name: 'pay', args: text }] },
    ],
    [
      'several of these at once',
      {
        tool_calls: [pay({ sum: 5 })],
        tool_call_chunks: [{ id: 'c1', index: 0, name: 'pay', args: text }],
        content: [{ type: 'tool_use', id: 'c1', name: 'pay', input: {} }],
        additional_kwargs: {
          tool_calls: [{ id: 'c1', function: { name: 'pay', arguments: text } }],
          function_call: { name: 'pay', arguments: text },
        },
      },
    ],
  ])('are read once from %s', (_, fields) => {
    expect(callsIn(fields)).toEqual([paid]);
  });

  it('are those of tool_calls where a human changed them there', () => {
    const blocks = [{ type: 'tool_use', id: 'c1', name: 'pay', input: { sum: 5_000 } }];

    expect(callsIn({ tool_calls: [pay({ sum: 5 })], content: blocks })).toEqual([paid]);
  });

  it('are all of them where another field knows more', () => {
    const blocks = [
      { type: 'tool_use', id: 'c1', name: 'pay', input: { sum: 5 } },
      { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'q' } },
    ];

    const names = callsIn({ tool_calls: [pay({ sum: 5 })], content: blocks }).map(({ name }) => name);

    expect(names).toEqual(['pay', 'web_search']);
  });

  it('are two where two without ids look alike', () => {
    const raw = [
      { function: { name: 'pay', arguments: text } },
      { function: { name: 'pay', arguments: text } },
    ];

    const calls = callsIn({ tool_calls: [pay({ sum: 5 }, null)], additional_kwargs: { tool_calls: raw } });

    expect(calls).toHaveLength(2);
  });

  it.each<[string, Json, Json, boolean]>([
    ['empty text', '', {}, true],
    ['null', null, {}, true],
    ['cut text', '{"sum":', '{"sum":', false],
    ['a list', [5], [5], false],
    ['text that is a number', '5', 5, false],
    ['text nested beyond all measure', '['.repeat(5_000), '['.repeat(5_000), false],
  ])('have arguments of %s', (_, args, expected, isReadable) => {
    expect(callsIn({ tool_calls: [pay(args)] })).toEqual([
      { name: 'pay', args: expected, id: 'c1', isReadable },
    ]);
  });

  it('that could not be read are told, and never ran', () => {
    const invalid = { ...pay(text), type: 'invalid_tool_call', error: 'no such tool' };

    expect(callsIn({ invalid_tool_calls: [invalid] })).toEqual([{ ...paid, isReadable: false }]);
  });
});

describe("a turn's calls", () => {
  it('of one message are parallel, those of the next are not', () => {
    const { calls } = read([
      ai({ tool_calls: [pay({ sum: 1 }, 'a'), pay({ sum: 2 }, 'b')] }),
      answer({ tool_call_id: 'b' }),
      answer({ tool_call_id: 'a' }),
      ai({ content: 'Thinking.' }),
      ai({ tool_calls: [pay({ sum: 3 }, 'c')] }),
    ]);

    expect(calls.map(({ id, step }) => [id, step])).toEqual([
      ['a', 0],
      ['b', 0],
      ['c', 1],
    ]);
  });

  it('failed where their tool says so, whatever the order of the answers', () => {
    const { calls, problems } = read([
      ai({ tool_calls: [pay({ sum: 1 }, 'a'), pay({ sum: 2 }, 'b'), pay({ sum: 3 }, null)] }),
      answer({ tool_call_id: 'b', status: 'error' }),
      answer({ tool_call_id: 'a', status: 'success' }),
      answer({ name: 'pay', status: 'error' }),
    ]);

    expect(calls.map(({ hasFailed }) => hasFailed)).toEqual([false, true, true]);
    expect(problems).toEqual([]);
  });

  it('are not all known where a tool answers another call', () => {
    const { problems } = read([
      ai({ tool_calls: [pay({}, 'a')] }),
      answer({ tool_call_id: 'b', name: 'pay' }),
    ]);

    expect(problems).toEqual([
      'message 3 answers a call that no message makes ("pay"): not all calls are known',
    ]);
  });

  it('are made twice where a message like it comes twice under other ids, once where it is the same one', () => {
    const one = ai({ id: 'm1', tool_calls: [pay({ sum: 1 }, 'a')] });

    expect(read([one, one]).calls).toHaveLength(1);
    expect(read([one, { ...one, id: 'm2' }]).calls).toHaveLength(2);
    expect(read([one, { ...one, id: null }, { ...one, id: null }]).calls).toHaveLength(3);
  });

  it('are not those that the input sent, each as often as it sent them', () => {
    const one = ai({ tool_calls: [pay({ sum: 1 }, 'a')] });
    const input = [human, { role: 'assistant', content: '', tool_calls: [pay({ sum: 1 }, 'a')] }] as Json;

    expect(read([one], input).calls).toEqual([]);
    expect(read([one, one], input).calls).toHaveLength(1);
    expect(read([ai({ tool_calls: [pay({ sum: 2 }, 'a')] })], input).calls).toHaveLength(1);
  });

  it('come from the record where it holds no messages', () => {
    const tool_calls = [{ name: 'pay', args: { sum: 5 }, id: 'c1' }];

    const trajectory = trajectoryOf({ input: 'x', messages: [], tool_calls });

    expect(trajectory).toEqual(ofCalls(tool_calls));
    expect(trajectory.calls).toMatchObject([{ ...paid, step: 0 }]);
  });

  it.each<[string, Json]>([
    ['null', null],
    ['a list', ['ai', 'text']],
    ['no type', { content: 'x' }],
    ['a type of another kind', { type: 'function_call', name: 'pay', arguments: '{}' }],
    [
      'a serialised thing that is no message',
      { lc: 1, type: 'constructor', id: ['a', 'Prompt'], kwargs: {} },
    ],
    ['a call that is no object', ai({ tool_calls: ['pay'] })],
    ['a call without a name', ai({ tool_calls: [{ name: '', args: {} }] })],
    ['calls under a name', ai({ tool_calls: { pay: {} } })],
    ['calls made by a tool', answer({ tool_calls: [pay({})] })],
  ])('are not known with a message of %s', (_, message) => {
    expect(read([message]).problems).toHaveLength(1);
  });

  it.each<[string, Json]>([
    ['plain text', 'hello'],
    ['OpenAI', { role: 'developer', content: 'x' }],
    ['a chat role', { type: 'chat', role: 'user', content: 'x' }],
    ['a message to be removed', { type: 'remove', id: 'm' }],
    [
      'a deployed server',
      { type: 'human', content: [{ type: 'text', text: 'x' }], name: null, example: false },
    ],
  ])('are known with a message of %s', (_, message) => {
    expect(read([message])).toEqual({ calls: [], problems: [] });
  });
});
