/**
 * A server that a command starts, for tests of `--serve-command`: passes what it is asked on to the scripted one.
 *
 *   node front.mjs <port> <url> [stubborn] [silent] [parent] [dies=n]
 */

import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { request as ask, createServer } from 'node:http';

const [, , port, url, ...manners] = process.argv;
const say = (line) => writeSync(1, `${line}\n`);
const is = (manner) => manners.includes(manner);
/** The run, counted from 1, with which it dies. */
const lastRun = Number(manners.find((manner) => manner.startsWith('dies='))?.slice(5) ?? Infinity);
let runs = 0;

say(`pid ${process.pid}`);
if (is('stubborn')) process.on('SIGTERM', () => say('I will not'));
if (is('parent')) {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1_000)'], { stdio: 'ignore' });
  say(`pid ${child.pid}`);
}
// What a careless server logs.
say(`key ${process.env.LANGGRAPH_API_KEY}`);

const front = createServer((request, response) => {
  if (request.url === '/ok') {
    say('asked whether it is ready');
    response.writeHead(is('silent') ? 503 : 200).end('{"ok":true}');
    return;
  }
  if (request.method === 'POST' && /\/runs\//.test(request.url ?? '')) runs += 1;
  if (runs >= lastRun) {
    say('out of cheese');
    process.exit(7);
  }
  const { method, headers } = request;
  const passed = ask(url + request.url, { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  });
  passed.on('error', () => response.destroy());
  request.pipe(passed);
});
front.listen(Number(port), '127.0.0.1');
