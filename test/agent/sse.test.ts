import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventParser } from '../../src/agent/sse.ts';

const most = 100 * 1024 * 1024;

function parse(...chunks: readonly (string | Buffer)[]) {
  const events: { event: string; data: string }[] = [];
  const feed = createEventParser(({ event, data }) => events.push({ event, data: String(data) }), most);
  for (const chunk of chunks) feed(Buffer.from(chunk));
  return events;
}

const lineText = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .filter((text) => !/[\r\n]/.test(text) && !text.startsWith('\uFEFF'));
const event = fc.record({
  name: lineText.filter((name) => name !== ''),
  lines: fc.array(lineText, { minLength: 1, maxLength: 4 }),
  comment: fc.option(lineText, { nil: null }),
  isIdFirst: fc.boolean(),
  isPadded: fc.boolean(),
});
type Sent = Parameters<typeof written>[0];

/** The event's lines, as some server may write them. */
function written(sent: {
  name: string;
  lines: string[];
  comment: string | null;
  isIdFirst: boolean;
  isPadded: boolean;
}): string[] {
  const { name, lines, comment, isIdFirst, isPadded } = sent;
  // A value that begins with a blank is told from the blank after the colon by a second one.
  const value = (text: string) => (isPadded || text.startsWith(' ') ? ` ${text}` : text);
  const data = lines.map((line) => `data:${value(line)}`);
  const named = [`event:${value(name)}`, 'id: 7'];
  return [
    ...(comment === null ? [] : [`:${comment}`, 'retry: 10']),
    ...(isIdFirst ? [...named, ...data] : [...data, ...named]),
    '',
  ];
}

/** The bytes cut at the given places. */
function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...cuts, bytes.length].map((end, at) => bytes.subarray(at === 0 ? 0 : cuts[at - 1], end));
}

describe('the parser of server-sent events', () => {
  it('gives the events as they were sent, however they are written and cut', () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 6 }),
        fc.array(fc.constantFrom('\n', '\r\n', '\r'), { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (sent: Sent[], ends, places) => {
          const lines = sent.flatMap(written);
          const endOf = (at: number) => ends[at % ends.length];
          // The CR of one line and the LF of an empty line after it would be one line end.
          fc.pre(
            !lines.some(
              (line, at) => line === '' && endOf(at) === '\n' && endOf(at - 1 + ends.length) === '\r',
            ),
          );
          const text = lines.map((line, at) => `${line}${endOf(at)}`).join('');

          const events = parse(...cutAt(Buffer.from(text), places));

          expect(events).toEqual(sent.map(({ name, lines }) => ({ event: name, data: lines.join('\n') })));
        },
      ),
      { numRuns: 500 },
    );
  });

  it.for(['\n', '\r\n', '\r'])('gives the same events when cut at every byte, with line ends %j', (end) => {
    const text = ['event: a', 'data: grün 🦊', '', ': beat', 'data: 2', 'data: 3', '', ''].join(end);
    const bytes = Buffer.from(text);
    const whole = parse(bytes);

    const cut = [...bytes.keys()].map((at) => parse(bytes.subarray(0, at), bytes.subarray(at)));
    const single = parse(...[...bytes].map((byte) => Buffer.of(byte)));

    expect(whole).toEqual([
      { event: 'a', data: 'grün 🦊' },
      { event: 'message', data: '2\n3' },
    ]);
    expect([...cut, single].filter((events) => JSON.stringify(events) !== JSON.stringify(whole))).toEqual([]);
  });

  it.for([
    ['a byte order mark', '\uFEFFdata: 1\n\n', ['1']],
    ['data without a value', 'data\n\n', ['']],
    ['data with a colon and nothing', 'data:\n\n', ['']],
    ['one blank after the colon taken, no more', 'data:  x\n\n', [' x']],
    ['colons in the value', 'data: {"a":1}\n\n', ['{"a":1}']],
    ['no event without data', 'event: a\n\n', []],
    ['no event of comments alone', ': beat\n\n', []],
    ['no event without its blank line', 'data: 1\n', []],
    ['no event of unknown fields', 'dat: 1\n\n', []],
    ['several blank lines', '\n\n\ndata: 1\n\n\n\n', ['1']],
  ] as const)('takes %s', ([, text, data]) => {
    const events = parse(text);

    expect(events.map((one) => one.data)).toEqual(data);
  });

  it('forgets an event name after its event', () => {
    const events = parse('event: a\ndata: 1\n\ndata: 2\n\n');

    expect(events.map((one) => one.event)).toEqual(['a', 'message']);
  });

  it('reads a long line in small pieces in a time that grows with its length alone', () => {
    const data = 'x'.repeat(20_000_000);
    const bytes = Buffer.from(`data: ${data}\n\n`);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 4_096) }, (_, at) =>
      bytes.subarray(at * 4_096, (at + 1) * 4_096),
    );

    const [event] = parse(...pieces);

    expect(event?.data.length).toBe(data.length);
  }, 10_000);

  it('refuses an event that never ends', () => {
    const feed = createEventParser(() => {}, most);
    const piece = Buffer.alloc(1024 * 1024, 'x');

    const feedOn = () => {
      for (let fed = 0; fed < 200; fed += 1) feed(piece);
    };

    expect(feedOn).toThrow(RangeError);
  });

  it('reads a stream of any length', () => {
    let count = 0;
    const feed = createEventParser(() => {
      count += 1;
    }, most);
    const piece = Buffer.from(`data: ${'x'.repeat(1024 * 1024)}\n\n`);

    for (let fed = 0; fed < 150; fed += 1) feed(piece);

    expect(count).toBe(150);
  });
});
