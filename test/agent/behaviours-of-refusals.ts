/** Answers that refuse, by the server itself or by what stands before it. */

import {
  type AgentServer,
  bad502,
  type Fault,
  onCreate,
  redirects,
  says,
  status,
  until,
} from '../support/agent-server.ts';
import {
  type Behaviour,
  type Case,
  everywhere,
  refused,
  stateless,
  succeeds,
  threaded,
  unknown,
} from './behaviours.ts';

const refuses = (code: number, cases: readonly Case[], said = ''): Behaviour => ({
  behaviour: `HTTP ${code}${said}`,
  cases,
  script: () => ({ faults: onCreate('every', status(code)) }),
});

/** Only a thread tells afterwards that nothing ran. */
const lost = (code: number, said: string): Behaviour =>
  refuses(
    code,
    [threaded(refused('http', `HTTP_${code}`, null)), stateless(unknown('http', `HTTP_${code}`, null))],
    said,
  );

const never = new Promise<never>(() => {});

/** Another client's run takes the thread first. */
const takenByOther =
  (self: () => AgentServer): Fault =>
  async ({ request, handle, write }) => {
    const body = { assistant_id: self().assistant.assistant_id, input: { foreign: true } };
    const headers = { 'content-type': 'application/json' };
    void fetch(`${self().url}${request.path}`, { method: 'POST', headers, body: JSON.stringify(body) }).catch(
      () => {},
    );
    await self().when(({ runs }) => runs.length === 1);
    await write(await handle());
  };

export const refusalBehaviours: readonly Behaviour[] = [
  refuses(400, everywhere(refused('invalid', 'HTTP_400', null))),
  refuses(401, everywhere(refused('auth', 'KEY_REFUSED', null))),
  refuses(403, everywhere(refused('auth', 'KEY_REFUSED', null))),
  refuses(404, everywhere(refused('not_found', 'HTTP_404', null)), ', and the assistant is there'),
  {
    behaviour: 'HTTP 404, and the assistant is not there',
    cases: everywhere(refused('not_found', 'AGENT_NOT_FOUND', null)),
    client: { assistantId: '0b4c4c5e-98a8-4b67-9d3a-2d3c0c7f1a11' },
  },
  refuses(409, everywhere(refused('http', 'HTTP_409', null)), ', and the thread is free'),
  {
    behaviour: 'HTTP 409 or 422, and another run is on the thread',
    cases: [threaded(refused('http', 'HTTP_409', null))],
    script: (_, self) => ({
      agent: ({ input }) =>
        input !== null && JSON.stringify(input).includes('foreign') ? until(never, says('')) : says(''),
      faults: onCreate(1, takenByOther(self)),
    }),
  },
  refuses(413, everywhere(refused('invalid', 'HTTP_413', null))),
  refuses(422, everywhere(refused('invalid', 'HTTP_422', null)), ', and the thread is free'),
  refuses(429, everywhere(refused('http', 'HTTP_429', null))),
  lost(500, ', and nothing ran'),
  lost(502, ', and nothing ran'),
  lost(503, ', and nothing ran'),
  lost(504, ', and nothing ran'),
  {
    behaviour: 'HTTP 502 by a balancer, and the run was accepted',
    cases: [threaded(succeeds()), stateless(unknown('http', 'HTTP_502', null))],
    script: () => ({ faults: onCreate('every', bad502()) }),
  },
  {
    behaviour: 'a redirect (never followed)',
    cases: everywhere(refused('http', 'HTTP_REDIRECT', null)),
    script: () => ({ faults: onCreate('every', redirects('https://elsewhere.example/login')) }),
  },
];
