import { describe, expect, it } from 'vitest';
import {
  inputIds,
  isOfInput,
  isOurs,
  ownFields,
  plainStart,
  runBody,
  threadId,
  uuidV5,
} from '../../src/agent/request.ts';
import type { Input } from '../../src/types.ts';
import { jobOf } from './client.ts';

const keys = { batch: 'b', example: 'e', trial: 1, turn: 2, revision: 1, attempt: 3, input: 'f' };
const ours = {
  threadmill_batch: 'b',
  threadmill_example: 'e',
  threadmill_trial: 1,
  threadmill_turn: 2,
  threadmill_attempt: 3,
  threadmill_revision: 1,
  threadmill_input: 'f',
};

function bodyOf(input: Input, { body = {}, stream = false, isThreaded = true } = {}) {
  const [turn] = jobOf(input).turns;
  if (turn === undefined) throw new Error('Expected a turn');
  return runBody({ assistantId: 'a', body, stream }, keys, turn, isThreaded ? plainStart : null);
}

describe('the body of a run', () => {
  it('holds all that proves and finds the run again, on a thread', () => {
    expect(bodyOf('hi')).toEqual({
      assistant_id: 'a',
      input: { messages: [{ role: 'user', content: 'hi', id: 'b:e:2' }] },
      metadata: ours,
      multitask_strategy: 'reject',
      if_not_exists: 'reject',
      on_disconnect: 'continue',
    });
  });

  it('is stopped with its client where there is no thread to come back to', () => {
    const body = bodyOf('hi', { isThreaded: false });

    expect(body).toMatchObject({ multitask_strategy: 'reject', on_disconnect: 'cancel' });
    expect(body).not.toHaveProperty('if_not_exists');
  });

  it('asks for values and tokens where it streams, and names no stream mode where it waits', () => {
    expect(bodyOf('hi', { stream: true })['stream_mode']).toEqual(['values', 'messages-tuple']);
    expect(bodyOf('hi')).not.toHaveProperty('stream_mode');
  });

  it("takes the user's own fields along, and lets none of them win over its own", () => {
    const body = {
      config: { tags: ['nightly'] },
      context: { tone: 'dry' },
      metadata: { team: 'qa', threadmill_batch: 'mine' },
      ...Object.fromEntries(ownFields.map((name) => [name, 'mine'])),
    };

    const merged = bodyOf('hi', { body, stream: true });

    expect(merged).toMatchObject({ config: { tags: ['nightly'] }, context: { tone: 'dry' } });
    expect(merged['metadata']).toEqual({ team: 'qa', ...ours });
    expect(merged).toMatchObject({
      assistant_id: 'a',
      multitask_strategy: 'reject',
      if_not_exists: 'reject',
    });
    expect(merged['stream_mode']).toEqual(['values', 'messages-tuple']);
  });

  it('sends chat messages with ids of ours where they have none', () => {
    const { input } = bodyOf([
      { role: 'system', content: 'be brief' },
      { role: 'user', content: 'hi', id: 'mine' },
    ]);

    expect(input).toEqual({
      messages: [
        { role: 'system', content: 'be brief', id: 'b:e:2:1' },
        { role: 'user', content: 'hi', id: 'mine' },
      ],
    });
  });

  it.for([{ messages: [{ role: 'user', content: 'hi' }] }, { question: 'why' }, {}])(
    'sends the object %j as it is',
    (input) => {
      expect(bodyOf(input)['input']).toEqual(input);
      expect(inputIds(input, keys)).toEqual([]);
    },
  );

  it('has the same ids of messages at every attempt', () => {
    expect(inputIds('hi', { ...keys, attempt: 1 })).toEqual(inputIds('hi', { ...keys, attempt: 9 }));
  });
});

describe("a run's metadata", () => {
  it('tells our own run of this turn, whatever the attempt', () => {
    expect(isOurs({ ...ours, threadmill_attempt: 1, graph_id: 'g' }, keys)).toBe(true);
  });

  it.for([
    { threadmill_batch: 'other' },
    { threadmill_example: 'other' },
    { threadmill_trial: 2 },
    { threadmill_turn: 1 },
    { threadmill_revision: 2 },
    { threadmill_trial: '1' },
  ])('tells a run with %j from ours', (other) => {
    expect(isOurs({ ...ours, ...other }, keys)).toBe(false);
  });

  it('is ours though the row was edited since, and tells that', () => {
    const edited = { ...ours, threadmill_input: 'g' };

    expect([isOurs(edited, keys), isOfInput(edited, keys), isOfInput(ours, keys)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it.for([null, undefined, [], 'text'])('is not ours where it is %j', (metadata) => {
    expect(isOurs(metadata, keys)).toBe(false);
  });
});

describe('the id of a thread', () => {
  const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';

  it.for([
    ['www.example.com', '2ed6657d-e927-568b-95e1-2665a8aea6a2'],
    ['python.org', '886313e1-3b8a-5372-9b90-0c9aee199e5d'],
  ] as const)('is a UUID of version 5, as of RFC 9562: %s', ([name, uuid]) => {
    expect(uuidV5(dns, name)).toBe(uuid);
  });

  it('is the same at every start, and another for each batch, key, trial and generation', () => {
    const job = jobOf('hi');
    const ids = [
      threadId('b', job, 0),
      threadId('c', job, 0),
      threadId('b', { ...job, key: 'other' }, 0),
      threadId('b', { ...job, trial: 2 }, 0),
      threadId('b', job, 1),
    ];

    expect(threadId('b', jobOf('hi'), 0)).toBe(ids[0]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is another one for each key, also of halves of surrogate pairs', () => {
    const ids = ['a\ud800', 'a\ud801', 'a\ufffd'].map((key) => threadId('b', { ...jobOf('hi'), key }, 0));

    expect(new Set(ids).size).toBe(3);
  });

  it('does not mix up the parts it is made of', () => {
    const one = threadId('b', { ...jobOf('hi'), key: 'k', trial: 11 }, 0);
    const other = threadId('b', { ...jobOf('hi'), key: 'k', trial: 1 }, 10);

    expect(one).not.toBe(other);
  });
});
