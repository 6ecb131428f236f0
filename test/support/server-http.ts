/** The scripted Agent Server's way from a socket to a route and back, past the faults. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Exchange, Fault, FaultRule } from './agent-faults.ts';
import { type Answer, Refusal, writeAnswer } from './server-answers.ts';
import { badField, type Handler } from './server-handler.ts';
import { createsRun, isUuid, type LoggedRequest, readRequest } from './server-request.ts';
import { runRoutes } from './server-run-routes.ts';
import type { World } from './server-state.ts';
import { threadRoutes } from './server-thread-routes.ts';
import type { AgentServerOptions } from './server-world.ts';

const routes: Readonly<Record<string, Handler>> = { ...threadRoutes, ...runRoutes };

const notFound: Answer = {
  status: 404,
  headers: { 'content-type': 'text/plain; charset=UTF-8' },
  body: '404 Not Found',
};

function checkKey(world: World, request: LoggedRequest, apiKey: string): void {
  const key = request.headers['x-api-key'];
  if (key === apiKey) return;
  throw new Refusal(world.flavour === 'local' || key === undefined ? 401 : 403, 'Invalid API key');
}

async function handle(world: World, request: LoggedRequest, apiKey: string | undefined): Promise<Answer> {
  try {
    const handler = routes[request.route];
    if (handler === undefined) return notFound;
    if (apiKey !== undefined && request.route !== 'GET /info') checkKey(world, request, apiKey);
    if (request.threadId !== '' && !isUuid(request.threadId))
      throw badField(world, 'thread_id', 'Invalid uuid');
    if (request.runId !== '' && !isUuid(request.runId)) throw badField(world, 'run_id', 'Invalid uuid');
    return await handler(world, request);
  } catch (error) {
    if (error instanceof Refusal) return error.answer(world.flavour);
    throw error;
  }
}

/** Picks a request's fault. Every rule sees every request, so that each can count. */
function faultPicker(rules: readonly FaultRule[]): (request: LoggedRequest) => Fault | undefined {
  const seen = new Map<string, number>();
  return (request) => {
    const n = (seen.get(request.route) ?? 0) + 1;
    seen.set(request.route, n);
    return rules.map((rule) => rule(request, n)).find((fault) => fault !== undefined);
  };
}

/** Counts requests, and those to make a run that are open at once. */
function counter({ counts }: World): (request: LoggedRequest, response: ServerResponse) => void {
  let inFlight = 0;
  return (request, response) => {
    counts.requests += 1;
    if (!createsRun(request)) return;
    counts.creates += 1;
    inFlight += 1;
    counts.maxInFlight = Math.max(counts.maxInFlight, inFlight);
    response.once('close', () => {
      inFlight -= 1;
    });
  };
}

/** The HTTP server, not yet listening; every request is put into `log` first. */
export function createHttp(world: World, options: AgentServerOptions, log: LoggedRequest[]): Server {
  const { faults = [], prefix = '', apiKey } = options;
  const faultOf = faultPicker(typeof faults === 'function' ? [faults] : faults);
  const count = counter(world);

  const answer = async (incoming: IncomingMessage, response: ServerResponse, text: string) => {
    const request = readRequest(incoming, text, prefix);
    count(request, response);
    if (world.keepsLog) log.push(request);
    const fault = faultOf(request);
    world.changed();
    const exchange: Exchange = {
      request,
      response,
      socket: incoming.socket,
      handle: () => handle(world, request, apiKey),
      write: (ready) => writeAnswer(response, ready),
    };
    if (fault !== undefined) return fault(exchange);
    await exchange.write(await exchange.handle());
  };

  const http = createServer((incoming, response) => {
    const pieces: Buffer[] = [];
    incoming.on('data', (piece: Buffer) => pieces.push(piece));
    incoming.on('error', () => {}); // a client that leaves while it sends
    response.on('error', () => {}); // a client that leaves while it is answered
    incoming.on('end', () => void answer(incoming, response, Buffer.concat(pieces).toString()));
  });
  http.on('connection', (socket) => {
    world.counts.connections += 1;
    socket.on('error', () => {}); // resets are part of the play
  });
  http.keepAliveTimeout = world.flavour === 'local' ? 5_000 : 75_000;
  return http;
}
