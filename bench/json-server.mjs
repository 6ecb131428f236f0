/** What the scripted Agent Servers of the benches are made of. */

import { createServer } from 'node:http';

/** A server that hands each request to `route(request, body, response)` once its body is whole. */
export const serverOf = (route) =>
  createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => route(request, Buffer.concat(chunks), response));
  });

/** The assistant of a graph, as `GET /assistants/{id}` tells it. */
export const assistantOf = (graph, id) => ({
  assistant_id: id,
  graph_id: graph,
  name: graph,
  version: 1,
  updated_at: '2026-01-01T00:00:00Z',
  config: {},
  context: {},
  metadata: {},
});
