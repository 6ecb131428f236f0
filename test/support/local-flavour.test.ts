/** Holds the scripted Agent Server, local flavour, against the real one: the same requests, the same answers. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAgentServer } from './agent-server.ts';
import { busyTalks } from './busy-talks.ts';
import { listener } from './compared.ts';
import { agents } from './local-agents.ts';
import { type LocalServer, startLocalServer } from './local-server.ts';
import { turnTalks } from './turn-talks.ts';

let real: LocalServer;
beforeAll(async () => {
  real = await startLocalServer();
});
afterAll(() => real[Symbol.asyncDispose]());

describe.concurrent('as the real local server, the scripted one', () => {
  it.for([...turnTalks, ...busyTalks].map((one) => [one.title, one] as const))(
    '%s',
    async ([, { graph, talk }]) => {
      await using scripted = await startAgentServer({ graph, agent: agents[graph] });
      const ours = listener(scripted.url);
      const theirs = listener(real.url);

      await Promise.all([talk(ours), talk(theirs)]);

      expect(ours.heard.length).toBeGreaterThan(0);
      expect(ours.heard).toEqual(theirs.heard);
    },
  );
});
