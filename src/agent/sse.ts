/**
 * Server-sent events from bytes, as the specification has them (WHATWG HTML §9.2.6): lines end in CR, LF or CRLF,
 * several `data:` lines are one value, comments are left out, a frame may be cut anywhere between two pieces.
 */

export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
}

/**
 * Gives a function to feed with bytes; calls `onEvent` for each whole event.
 * A last frame without its blank line is no event, as the specification says: it may be cut.
 * @throws RangeError, while fed, at an event of more characters than `mostEventLength`: a fault, not an event.
 */
export function createEventParser(
  onEvent: (event: ServerSentEvent) => void,
  mostEventLength: number,
): (chunk: Buffer) => void {
  const decoder = new TextDecoder('utf-8'); // drops a byte order mark; keeps a character cut between two pieces
  /** A line that has not ended, in pieces: joined once, so that a long one costs no more than its length. */
  let line: string[] = [];
  let length = 0;
  let afterCr = false;
  let event = '';
  let data: string[] = [];

  const dispatch = () => {
    if (data.length > 0) onEvent({ event: event === '' ? 'message' : event, data: data.join('\n') });
    event = '';
    data = [];
    length = 0;
  };
  const grow = (by: number) => {
    length += by;
    if (length > mostEventLength) throw new RangeError('an event is larger than --max-answer');
  };
  const take = (text: string) => {
    if (text === '') {
      dispatch();
      return;
    }
    const colon = text.indexOf(':');
    const field = colon === -1 ? text : text.slice(0, colon);
    const value = colon === -1 ? '' : text.slice(text[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
  };
  const endLine = (last: string) => {
    const whole = line.length === 0 ? last : line.join('') + last;
    line = [];
    take(whole);
  };

  return (chunk) => {
    const text = decoder.decode(chunk, { stream: true });
    if (text === '') return;
    let from = afterCr && text.startsWith('\n') ? 1 : 0; // the second half of a CRLF
    afterCr = text.endsWith('\r');
    for (let end = lineEnd(text, from); end !== -1; end = lineEnd(text, from)) {
      grow(end - from);
      endLine(text.slice(from, end));
      from = text.startsWith('\r\n', end) ? end + 2 : end + 1;
    }
    grow(text.length - from);
    if (from < text.length) line.push(text.slice(from));
  };
}

const lineBreak = /[\r\n]/g;

/** Where the next CR or LF stands; -1 where there is none. */
function lineEnd(text: string, from: number): number {
  lineBreak.lastIndex = from;
  return lineBreak.exec(text)?.index ?? -1;
}
