import { describe, expect, it } from 'vitest';
import { interruptReason, readInterrupts } from '../../src/agent/interrupts.ts';
import type { Json } from '../../src/types.ts';

const reasonOf = (...values: Json[]) => interruptReason(values.map((value) => ({ id: null, value })));

describe('the interrupts of an answer', () => {
  it.for([
    ['a list', [{ id: 'i', value: 'ok?' }], [{ id: 'i', value: 'ok?' }]],
    [
      'lists by task',
      { t1: [{ id: 'i', value: 1 }], t2: [{ value: 2 }] },
      [
        { id: 'i', value: 1 },
        { id: null, value: 2 },
      ],
    ],
    ['an empty list by task, as after an error', { t1: [] }, []],
    [
      'bare values',
      ['ok?', { question: 'why' }],
      [
        { id: null, value: 'ok?' },
        { id: null, value: { question: 'why' } },
      ],
    ],
    ['an empty list', [], []],
    ['nothing', null, []],
    ['not there', undefined, []],
  ] as const)('are read of %s', ([, told, interrupts]) => {
    expect(readInterrupts(told as Json | undefined)).toEqual(interrupts);
  });
});

describe('why a run waits', () => {
  it.for([
    ['a text', 'approve?', 'approve?'],
    ['a question', { question: 'approve?', amount: 7 }, 'approve?'],
    ['a description', { description: 'send it?' }, 'send it?'],
    [
      "LangChain's human in the loop",
      {
        action_requests: [
          { name: 'send', args: { to: 'a' } },
          { name: 'drop', args: {} },
        ],
        review_configs: [],
      },
      'may it call send({"to":"a"}) and drop({})?',
    ],
    [
      'the same before 1.0',
      [{ action_request: { action: 'send', args: { to: 'a' } }, config: {}, description: 'Send it?' }],
      'Send it?',
    ],
    ['one action alone', { action_request: { action: 'send', args: {} } }, 'may it call send({})?'],
    ['anything else', { a: 1 }, '{"a":1}'],
    ['several lines', 'one\n\n two', 'one two'],
  ] as const)('is told in one line, of %s', ([, value, told]) => {
    expect(reasonOf(value as Json)).toMatchObject({
      code: 'WAITS_FOR_HUMAN',
      message: `waits for a human: ${told}`,
      may_have_run: true,
      uncertain: false,
    });
  });

  it('names all that is asked at once', () => {
    expect(reasonOf('first?', { question: 'second?' }).message).toBe('waits for a human: first? · second?');
  });

  it('is a breakpoint where nothing is asked', () => {
    expect(reasonOf().code).toBe('BREAKPOINT');
  });

  it.for([
    { auth_required: true, auth_url: 'https://auth.example/go' },
    { tool: { needs: [{ auth_url: 'https://auth.example/go' }] } },
    [{ action_requests: [{ name: 'x', args: { auth_url: 'https://auth.example/go' } }] }],
  ])('is an authorisation, with its URL, of %j', (value) => {
    expect(reasonOf('first?', value as Json)).toMatchObject({
      code: 'AUTH_REQUIRED',
      message: 'a tool waits for authorisation: open https://auth.example/go',
    });
  });

  it('is an authorisation also where no URL is told', () => {
    expect(reasonOf({ auth_required: true }).message).toBe('a tool waits for authorisation');
  });

  it('is told shortly', () => {
    expect(reasonOf('x'.repeat(100_000)).message.length).toBeLessThan(1_100);
  });
});
