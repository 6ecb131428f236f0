import { describe, expect, it } from 'vitest';
import { promptOf } from '../../src/reports/prompt.ts';

describe('the prompt of an input', () => {
  it.each([
    ['a string', 'hello', 'hello'],
    [
      'chat messages',
      [
        { role: 'user', content: 'one' },
        { role: 'user', content: 'two' },
      ],
      'two',
    ],
    ['a graph input with messages', { messages: [{ type: 'human', content: 'hi' }] }, 'hi'],
    [
      'a message in parts',
      [
        {
          role: 'user',
          content: [{ type: 'text', text: 'see' }, { type: 'image_url', image_url: 'x' }, 'this'],
        },
      ],
      'see this',
    ],
    ['a graph input of its own', { topic: 'bees' }, '{"topic":"bees"}'],
    ['no messages', { messages: [] }, '{"messages":[]}'],
    [
      'a message of images alone',
      [{ content: [{ type: 'image_url' }] }],
      '[{"content":[{"type":"image_url"}]}]',
    ],
    ['null', null, 'null'],
    ['a number', 7, '7'],
  ])('that is %s', (_, input, prompt) => {
    expect(promptOf(input)).toBe(prompt);
  });
});
