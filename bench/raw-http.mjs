/**
 * As much of HTTP/1.1 as the clients of a benchmark speak, over bare sockets: `node:http` would cost as much for each
 * request as the loop it is to measure. Bodies come with `content-length`; keep-alive always.
 */

import { createServer } from 'node:net';

/** A server that hands each whole request to `route({ method, path, body, socket })`. */
export const rawServer = (route) =>
  createServer({ noDelay: true }, (socket) => {
    let held = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      for (let request = take(); request !== null; request = take()) route({ ...request, socket });
    });
    // A client that goes away in the middle is its own business.
    socket.on('error', () => {});

    function take() {
      const headEnd = held.indexOf('\r\n\r\n');
      if (headEnd === -1) return null;
      const head = held.latin1Slice(0, headEnd);
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      const end = headEnd + 4 + length;
      if (held.length < end) return null;
      const body = held.subarray(headEnd + 4, end);
      held = held.subarray(end);
      const [method = '', path = ''] = head.split(' ', 2);
      return { method, path, body };
    }
  });

const ended = 'HTTP/1.1 204 No Content\r\n\r\n';

/** Answers with JSON text, or with nothing. */
export function sendJson(socket, text, headers = '') {
  if (text === undefined) return socket.write(ended);
  const length = Buffer.byteLength(text);
  return socket.write(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n${headers}\r\n${text}`,
  );
}

/** Begins an answer of events; each is a piece of its own. */
export function openEvents(socket, headers) {
  socket.write(
    `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n${headers}\r\n`,
  );
  return {
    send: (event, data) => {
      const text = `event: ${event}\ndata: ${data}\n\n`;
      socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
    },
    end: () => socket.write('0\r\n\r\n'),
  };
}
