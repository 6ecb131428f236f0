/**
 * Server-sent events from bytes, as the specification has them (WHATWG HTML §9.2.6): lines end in CR, LF or CRLF,
 * several `data:` lines are one value, comments are left out, a frame may be cut anywhere between two pieces. What
 * nobody reads is never made a string.
 */

export interface ServerSentEvent {
  readonly event: string;
  /** UTF-8. A view into what was fed, where it came in one piece. */
  readonly data: Buffer;
}

const lineFeed = 10;
const carriageReturn = 13;
const blank = 32;
const colon = 58;
const byteOrderMark = Buffer.of(0xef, 0xbb, 0xbf);
const lineBreak = Buffer.of(lineFeed);
const ofData = Buffer.from('data');
const ofEvent = Buffer.from('event');

/**
 * Gives a function to feed with bytes; calls `onEvent` for each whole event.
 * A last frame without its blank line is no event, as the specification says: it may be cut.
 * @throws RangeError, while fed, at an event of more bytes than `mostEventBytes`: a fault, not an event.
 */
export function createEventParser(
  onEvent: (event: ServerSentEvent) => void,
  mostEventBytes: number,
): (chunk: Buffer) => void {
  /** A line that has not ended, in pieces: joined once, so that a long one costs no more than its length. */
  let begun: Buffer[] = [];
  let bytes = 0;
  let isFirst = true;
  let afterCr = false;
  let event = '';
  let data: Buffer[] = [];

  const dispatch = () => {
    const [first] = data;
    if (first !== undefined) {
      const whole = data.length === 1 ? first : joined(data);
      onEvent({ event: event === '' ? 'message' : event, data: whole });
    }
    event = '';
    data = [];
    bytes = 0;
  };
  const grow = (by: number) => {
    bytes += by;
    if (bytes > mostEventBytes) throw new RangeError('an event is larger than --max-answer');
  };
  const endLine = (last: Buffer) => {
    let line = begun.length === 0 ? last : Buffer.concat([...begun, last]);
    begun = [];
    if (isFirst && begins(line, byteOrderMark)) line = line.subarray(byteOrderMark.length);
    isFirst = false;
    if (line.length === 0) dispatch();
    else if (isField(line, ofData)) data.push(valueIn(line, ofData));
    else if (isField(line, ofEvent)) event = valueIn(line, ofEvent).toString('utf8');
  };

  return (chunk) => {
    if (chunk.length === 0) return;
    let from = afterCr && chunk[0] === lineFeed ? 1 : 0; // the second half of a CRLF
    afterCr = chunk[chunk.length - 1] === carriageReturn;
    let feed = chunk.indexOf(lineFeed, from);
    let carriage = chunk.indexOf(carriageReturn, from);
    while (feed !== -1 || carriage !== -1) {
      const end = feed === -1 || (carriage !== -1 && carriage < feed) ? carriage : feed;
      grow(end - from);
      endLine(chunk.subarray(from, end));
      from = end + (end === carriage && feed === end + 1 ? 2 : 1);
      if (feed !== -1 && feed < from) feed = chunk.indexOf(lineFeed, from);
      if (carriage !== -1 && carriage < from) carriage = chunk.indexOf(carriageReturn, from);
    }
    grow(chunk.length - from);
    if (from < chunk.length) begun.push(chunk.subarray(from));
  };
}

/** Several lines are one value. */
function joined(lines: readonly Buffer[]): Buffer {
  return Buffer.concat(lines.flatMap((line, at) => (at === 0 ? [line] : [lineBreak, line])));
}

function begins(line: Buffer, start: Buffer): boolean {
  if (line.length < start.length) return false;
  for (let at = 0; at < start.length; at += 1) if (line[at] !== start[at]) return false;
  return true;
}

const isField = (line: Buffer, name: Buffer): boolean =>
  begins(line, name) && (line.length === name.length || line[name.length] === colon);

/** What stands behind the colon, and one blank. */
function valueIn(line: Buffer, { length }: Buffer): Buffer {
  return line.subarray(line[length + 1] === blank ? length + 2 : length + 1);
}
