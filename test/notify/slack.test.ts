import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slackMessage } from '../../src/notify/slack.ts';
import { madeNotice } from './made-notice.ts';

interface Text {
  readonly text: string;
}
interface Message extends Text {
  readonly blocks: readonly {
    readonly text?: Text;
    readonly fields?: readonly Text[];
    readonly elements?: readonly Text[];
  }[];
}
const messageOf = (...given: Parameters<typeof madeNotice>) => slackMessage(madeNotice(...given)) as Message;

describe('a message for Slack', () => {
  it('says what happened, to whom it was meant and where it lies', () => {
    const message = messageOf('b', { event: 'regressed', sentence: 'qa.csv: exact fell by 0.1' });

    expect(message.text).toBe('Regressed: qa.csv: exact fell by 0.1');
    expect(
      message.blocks.map((block) => [block.text, ...(block.fields ?? []), ...(block.elements ?? [])]),
    ).toEqual([
      [{ type: 'mrkdwn', text: '*Regressed*\nqa.csv: exact fell by 0.1' }],
      [undefined, { type: 'mrkdwn', text: '*Dataset*\nqa.csv' }, { type: 'mrkdwn', text: '*Verdict*\nOK' }],
      [undefined, { type: 'mrkdwn', text: '/batches/b-1' }],
    ]);
  });

  it('calls nobody, and stays within what Slack takes, whatever it is to say', () => {
    const anyText = fc.string({
      unit: fc.constantFrom('<', '>', '&', '!channel', 'é', '😀', 'x'),
      maxLength: 4_000,
    });
    fc.assert(
      fc.property(anyText, fc.nat(20), (sentence, count) => {
        const scores = Array.from({ length: count }, () => ({ name: sentence, mean: 1, interval: null }));
        const { text, blocks } = messageOf('b', { sentence, scores });

        const texts = blocks.flatMap((block) => (block.text === undefined ? [] : [block.text.text]));
        const fields = blocks
          .flatMap((block) => [...(block.fields ?? []), ...(block.elements ?? [])])
          .map((one) => one.text);
        expect(Math.max(text.length, ...texts.map(({ length }) => length))).toBeLessThanOrEqual(3_000);
        expect(Math.max(...fields.map(({ length }) => length))).toBeLessThanOrEqual(2_000);
        expect(blocks.every((block) => (block.fields ?? []).length <= 10)).toBe(true);
        for (const one of [text, ...texts, ...fields]) {
          expect(one).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
          expect(one.isWellFormed()).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });
});
