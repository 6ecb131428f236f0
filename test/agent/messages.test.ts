import { describe, expect, it } from 'vitest';
import { beforeNext, turnPlace } from '../../src/agent/messages.ts';
import { success } from '../../src/agent/response.ts';
import type { Input, Json, JsonObject } from '../../src/types.ts';

const keys = { batch: 'b', example: 'e', trial: 1, turn: 2, revision: 1, attempt: 1, input: 'f' };
const inputId = 'b:e:2';

const human = (content: Json, id: string | null): JsonObject => ({ type: 'human', content, id });
const ai = (content: Json, id: string | null, more: JsonObject = {}): JsonObject => ({
  type: 'ai',
  content,
  id,
  ...more,
});
const usage = (input: number, output: number): JsonObject => ({
  usage_metadata: { input_tokens: input, output_tokens: output, total_tokens: input + output },
});

const earlier = [human('one', 'h1'), ai('first', 'a1', usage(100, 100))];

/** What a turn that sent `input` brought, of a state with these messages. */
function turnOf(messages: Json[], { input = 'two' as Input, before = earlier as Json[] | null } = {}) {
  const place = turnPlace(input, keys, before === null ? null : beforeNext({ messages: before }));
  return success({ values: { messages }, said: { text: null }, place });
}

describe("a turn's own messages", () => {
  it('are its input and what the agent added, without the earlier turns', () => {
    const own = [human('two', inputId), ai('second', 'a2', usage(3, 4))];

    const outcome = turnOf([...earlier, ...own]);

    expect(outcome).toMatchObject({
      messages: own,
      response: 'second',
      usage: { input_tokens: 3, output_tokens: 4, total_tokens: 7 },
    });
  });

  it('are told by what was there before, for an input that is sent as it is', () => {
    const input = { messages: [{ role: 'user', content: 'two' }] };
    const own = [human('two', 'made-by-server'), ai('second', 'a2')];

    const outcome = turnOf([...earlier, ...own], { input });

    expect(outcome).toMatchObject({ messages: own, response: 'second' });
  });

  it('are told by count where messages have no ids', () => {
    const before = [human('one', null), ai('one', null, usage(9, 9))];
    const own = [human('two', null), ai('one', null)];
    const input = { messages: [{ role: 'user', content: 'two' }] };

    const outcome = turnOf([...before, ...own], { before, input });

    expect(outcome).toMatchObject({ messages: own, response: 'one', usage: null });
  });

  it('are found where the agent put a summary in the place of history, our message included', () => {
    const own = [{ type: 'system', content: 'so far: …', id: 's1' }, ai('second', 'a2')];

    const outcome = turnOf(own);

    expect(outcome).toMatchObject({ messages: own, response: 'second' });
  });

  it('are found where the agent kept the last of the history alone', () => {
    const own = [human('two', inputId), ai('second', 'a2')];

    const outcome = turnOf([earlier[1] ?? null, ...own]);

    expect(outcome.messages).toEqual(own);
  });

  it('hold human messages that the agent itself added, and the answer to these', () => {
    const own = [human('two', inputId), human('rather: what is two?', 'h9'), ai('second', 'a2')];

    const outcome = turnOf([...earlier, ...own]);

    expect(outcome).toMatchObject({ messages: own, response: 'second' });
  });

  it('do not take for an answer what was sent as history', () => {
    const input = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'sent along', ...usage(50, 50) },
      { role: 'user', content: 'b' },
    ];
    const sent = [
      human('a', `${inputId}:1`),
      ai('sent along', `${inputId}:2`, usage(50, 50)),
      human('b', `${inputId}:3`),
    ];

    const outcome = turnOf([...earlier, ...sent, ai('answer', 'a2', usage(1, 1))], { input });
    const silent = turnOf([...earlier, ...sent], { input });

    expect(outcome).toMatchObject({ response: 'answer', usage: { total_tokens: 2 } });
    expect(outcome.messages).toHaveLength(4);
    expect(silent).toMatchObject({ response: null, usage: null });
  });

  it('do not lose an answer that says what was sent', () => {
    const outcome = turnOf([...earlier, human('two', inputId), ai('two', 'a2')]);

    expect(outcome.response).toBe('two');
  });

  it('begin with the message sent, where nobody knows what was there before', () => {
    const own = [human('two', inputId), ai('second', 'a2')];

    const outcome = turnOf([...earlier, ...own], { before: null });

    expect(outcome.messages).toEqual(own);
  });

  it('are none where the agent added nothing', () => {
    const outcome = turnOf([...earlier, human('two', inputId)]);

    expect(outcome).toMatchObject({ response: null, tool_calls: [], usage: null });
    expect(outcome.messages).toHaveLength(1);
  });
});

/** What a first turn with these replies brought. */
const repliesOf = (...replies: Json[]) => turnOf([human('two', inputId), ...replies], { before: [] });
const call = { name: 'add', args: { a: 1 }, id: 'c1', type: 'tool_call' };
const tool: JsonObject = { type: 'tool', content: '2', tool_call_id: 'c1', id: 't1' };

describe('the answer', () => {
  it('is the text of the last AI message without tool calls', () => {
    const { response } = repliesOf(ai('I will add.', 'a1', { tool_calls: [call] }), tool, ai('2', 'a2'));

    expect(response).toBe('2');
  });

  it('is what was said beside a tool call, where nothing was said after', () => {
    const { response } = repliesOf(ai('I will add.', 'a1', { tool_calls: [call] }), tool);

    expect(response).toBe('I will add.');
  });

  it('is nothing where the agent called tools alone', () => {
    const { response } = repliesOf(ai('', 'a1', { tool_calls: [call] }), tool);

    expect(response).toBeNull();
  });

  it.for([
    ['text', 'hi', 'hi'],
    [
      'text blocks',
      [
        { type: 'text', text: 'a', index: 0 },
        { type: 'text', text: 'b' },
      ],
      'ab',
    ],
    [
      'blocks of other kinds beside',
      [
        { type: 'reasoning', text: 'hm' },
        { type: 'text', text: 'b' },
      ],
      'b',
    ],
    ['plain texts in a list', ['a', 'b'], 'ab'],
    ['nothing', null, ''],
    ['something else', { a: 1 }, '{"a":1}'],
    ['a text block without text', [{ type: 'text' }], ''],
  ] as const)('is read of a content that is %s', ([, content, text]) => {
    expect(repliesOf(ai(content as Json, 'a1')).response).toBe(text);
  });

  it.for([{ type: 'AIMessageChunk' }, { type: 'ai' }, { role: 'assistant' }])(
    'is found in a message of %j',
    (kind) => {
      expect(repliesOf({ ...kind, content: 'hi', id: 'a1' }).response).toBe('hi');
    },
  );

  it.for([{ type: 'constructor' }, { type: 7 }, {}, 'text', null, ['x']])(
    'passes over %j among messages',
    (odd) => {
      const outcome = repliesOf(ai('hi', 'a1'), odd as Json);

      expect(outcome.response).toBe('hi');
      expect(outcome.messages).toHaveLength(3);
    },
  );

  it.for([
    ['has no messages', { answer: 42 }, '{"answer":42}'],
    ['has no message among its messages', { messages: ['a', 'b'], n: 1 }, '{"messages":["a","b"],"n":1}'],
    ['has empty messages', { messages: [], answer: 'x' }, '{"messages":[],"answer":"x"}'],
    ['has messages that are a text', { messages: 'a' }, '{"messages":"a"}'],
    ['is a text', 'plain', 'plain'],
    ['is a list', [1, 2], '[1,2]'],
    ['is a number', 7, '7'],
    ['is false', false, 'false'],
  ] as const)('is the whole output as JSON where the state %s', ([, values, text]) => {
    const outcome = success({
      values: values as Json,
      said: { text: null },
      place: turnPlace('two', keys, null),
    });

    expect(outcome).toMatchObject({ response: text, messages: [], output: values });
  });
});

describe('tool calls', () => {
  it('are those of this turn, in order, with the ones that cannot be read', () => {
    const bad = { name: 'add', args: '{"a":', id: 'c2', error: 'no JSON', type: 'invalid_tool_call' };

    const outcome = repliesOf(
      ai('', 'a1', { tool_calls: [call], invalid_tool_calls: [bad] }),
      tool,
      ai('', 'a2', { tool_calls: [{ name: 'mul', args: {}, id: null }] }),
    );

    expect(outcome.tool_calls).toEqual([
      { name: 'add', args: { a: 1 }, id: 'c1' },
      { name: 'add', args: '{"a":', id: 'c2' },
      { name: 'mul', args: {}, id: null },
    ]);
  });

  it("are read of OpenAI's own form", () => {
    const raw = { id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } };

    const outcome = repliesOf(ai('', 'a1', { tool_calls: [], additional_kwargs: { tool_calls: [raw] } }));

    expect(outcome.tool_calls).toEqual([{ name: 'add', args: { a: 1 }, id: 'c1' }]);
  });

  it('are told once where both forms are there', () => {
    const raw = { id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } };

    const outcome = repliesOf(ai('', 'a1', { tool_calls: [call], additional_kwargs: { tool_calls: [raw] } }));

    expect(outcome.tool_calls).toHaveLength(1);
  });

  it('have arguments that are JSON text read', () => {
    const outcome = repliesOf(ai('', 'a1', { tool_calls: [{ ...call, args: '{"a":1}' }] }));

    expect(outcome.tool_calls[0]?.args).toEqual({ a: 1 });
  });

  it('are none of messages that are not the AI’s', () => {
    const outcome = repliesOf({ type: 'tool', content: '', id: 't', tool_calls: [call] });

    expect(outcome.tool_calls).toEqual([]);
  });
});

describe('usage', () => {
  it('is the sum over this turn’s model calls', () => {
    const { usage: told } = repliesOf(
      ai('', 'a1', { tool_calls: [call], ...usage(10, 2) }),
      tool,
      ai('x', 'a2', usage(20, 3)),
    );

    expect(told).toEqual({ input_tokens: 30, output_tokens: 5, total_tokens: 35 });
  });

  it('is null where none is told', () => {
    expect(repliesOf(ai('x', 'a1', { usage_metadata: null })).usage).toBeNull();
  });

  it('adds up what has no total, and leaves out what is no number', () => {
    const partly = { usage_metadata: { input_tokens: 4, output_tokens: 'many' } };

    expect(repliesOf(ai('x', 'a1', partly)).usage).toEqual({
      input_tokens: 4,
      output_tokens: 0,
      total_tokens: 4,
    });
  });
});
