/**
 * What a server may do, and what becomes of the turn then: the data behind the table in docs/guide/outcomes.md and
 * the tests in outcomes.test.ts. The more special cases of a behaviour stand first.
 */

import type { FailureKind, Input, OutcomeName } from '../../src/types.ts';
import type { AgentServer, AgentServerOptions, Flavour } from '../support/agent-server.ts';
import type { Asked, ClientOptions } from './client.ts';

/** How the agent is asked. */
export interface Way {
  readonly flavour: Flavour;
  readonly mode: 'threaded' | 'stateless';
  readonly stream: boolean;
}

export interface Ending {
  readonly outcome: OutcomeName;
  readonly kind: FailureKind | null;
  readonly code: string | null;
  readonly mayHaveRun: boolean | null;
  readonly uncertain: boolean | null;
  /** What is kept of the answer's text. */
  readonly response: string | RegExp | null;
}

export interface Case {
  /** Which ways it holds for; what is left out is any. */
  readonly where: Partial<Way>;
  readonly ends: Ending;
}

export interface Behaviour {
  readonly behaviour: string;
  readonly cases: readonly Case[];
  /** The server's script. `self` is the server, once it is there. */
  readonly script?: ((way: Way, self: () => AgentServer) => AgentServerOptions) | undefined;
  readonly client?: ClientOptions | undefined;
  /** Default: `hi`. */
  readonly input?: Input | undefined;
  /** Where there is none to be scripted. */
  readonly elsewhere?: (() => Promise<Asked & AsyncDisposable>) | undefined;
  /** Default: a sleep moves the clock. `pumped`: time flies while nothing happens. `real`: as everywhere. */
  readonly clock?: 'pumped' | 'real' | undefined;
  /** The answer carries the server's own code, which a resolver without a network tells otherwise. */
  readonly orCode?: string | undefined;
}

export const waysOf = ({ cases }: Behaviour): { way: Way; ends: Ending }[] =>
  (['local', 'deployed'] as const).flatMap((flavour) =>
    (['threaded', 'stateless'] as const).flatMap((mode) =>
      [false, true].flatMap((stream) => {
        const way = { flavour, mode, stream };
        const found = cases.find(({ where }) =>
          Object.entries(where).every(([name, value]) => way[name as keyof Way] === value),
        );
        return found === undefined ? [] : [{ way, ends: found.ends }];
      }),
    ),
  );

export const wayName = ({ mode, stream, flavour }: Partial<Way>): string => {
  const names = [mode, stream === undefined ? undefined : stream ? '`--stream`' : 'wait', flavour];
  return names.filter((name) => name !== undefined).join(', ') || 'any';
};

export const everywhere = (ends: Ending): readonly Case[] => [{ where: {}, ends }];
export const threaded = (ends: Ending): Case => ({ where: { mode: 'threaded' }, ends });
export const stateless = (ends: Ending): Case => ({ where: { mode: 'stateless' }, ends });
export const statelessWait = (ends: Ending): Case => ({ where: { mode: 'stateless', stream: false }, ends });
export const statelessStream = (ends: Ending): Case => ({ where: { mode: 'stateless', stream: true }, ends });

export const succeeds = (response: Ending['response'] = 'echo: hi'): Ending => ({
  outcome: 'success',
  kind: null,
  code: null,
  mayHaveRun: null,
  uncertain: null,
  response,
});

export const waits = (code: string, response: Ending['response'] = null): Ending => ({
  outcome: 'interrupted',
  kind: 'agent',
  code,
  mayHaveRun: true,
  uncertain: false,
  response,
});

const error = (kind: FailureKind, code: string, response: Ending['response']): Ending => ({
  outcome: 'error',
  kind,
  code,
  mayHaveRun: false,
  uncertain: false,
  response,
});

/** It cannot have run. */
export const refused = error;
/** It ran, and how it ended is known. */
export const ran = (...what: Parameters<typeof error>): Ending => ({ ...error(...what), mayHaveRun: true });
/** It may have run, and how it ended is not known. */
export const unknown = (...what: Parameters<typeof error>): Ending => ({
  ...ran(...what),
  uncertain: true,
});
