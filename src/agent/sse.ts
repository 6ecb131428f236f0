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
 */
export function createEventParser(onEvent: (event: ServerSentEvent) => void): (chunk: Buffer) => void {
  const decoder = new TextDecoder('utf-8'); // drops a byte order mark; keeps a character cut between two pieces
  let rest = '';
  let afterCr = false;
  let event = '';
  let data: string[] = [];

  const dispatch = () => {
    if (data.length > 0) onEvent({ event: event === '' ? 'message' : event, data: data.join('\n') });
    event = '';
    data = [];
  };
  const take = (line: string) => {
    if (line === '') return dispatch();
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
  };

  return (chunk) => {
    let text = rest + decoder.decode(chunk, { stream: true });
    if (afterCr && text.startsWith('\n')) text = text.slice(1); // the second half of a CRLF
    if (text !== '') afterCr = false;
    let from = 0;
    let cr = text.indexOf('\r');
    for (;;) {
      if (cr !== -1 && cr < from) cr = text.indexOf('\r', from);
      const lf = text.indexOf('\n', from);
      const end = cr === -1 || (lf !== -1 && lf < cr) ? lf : cr;
      if (end === -1) break;
      take(text.slice(from, end));
      from = end === cr && text[end + 1] === '\n' ? end + 2 : end + 1;
      afterCr = end === cr && from === text.length && text[end + 1] !== '\n';
    }
    rest = text.slice(from);
  };
}
