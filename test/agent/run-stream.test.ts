import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/agent/redact.ts';
import { createRunStream } from '../../src/agent/stream.ts';

const sent = (event: string, data: unknown) =>
  Buffer.from(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
const token = (content: string) => sent('messages', [{ type: 'AIMessageChunk', id: 'ai-1', content }, {}]);

function stream() {
  let firstTokens = 0;
  const onFirstToken = () => {
    firstTokens += 1;
  };
  const marks = { onRunId: () => {}, onAnswer: () => {}, onFirstToken };
  const read = createRunStream(marks, createRedactor([]), 1_000_000);
  return { ...read, firstTokens: () => firstTokens };
}

describe('the events of one run', () => {
  it('hold all text that came, however much of it, and one first token', () => {
    const { feed, end, firstTokens } = stream();
    const words = Array.from({ length: 20_000 }, (_, at) => `w${at} `);

    for (const word of words) feed(token(word));

    expect(end()).toMatchObject({ values: undefined, text: words.join('') });
    expect(firstTokens()).toBe(1);
  });

  it('tell the first token at the first one that says something', () => {
    const { feed, firstTokens } = stream();

    feed(token(''));
    const before = firstTokens();
    feed(token('yes'));

    expect([before, firstTokens()]).toEqual([0, 1]);
  });

  it('tell the last values, and the text beside them', () => {
    const { feed, end } = stream();

    feed(sent('values', { step: 1 }));
    feed(token('done'));
    feed(sent('values', { step: 2 }));

    expect(end()).toMatchObject({ values: { step: 2 }, text: 'done', error: undefined });
  });
});
