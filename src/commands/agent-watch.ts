/** Sees that the agent stays the one that the batch began with, while it runs and once more at its end. */

import type { AgentConnection, AgentFacts } from '../agent/index.ts';
import { RequestError } from '../errors.ts';
import type { Config } from '../options.ts';
import type { Runtime } from '../runtime.ts';
import type { Stop } from '../summary-types.ts';

export interface AgentWatch {
  /** Aborts when the batch must not go on. */
  readonly signal: AbortSignal;
  /** Why it must not. */
  readonly stop: Stop | null;
  /** With the version that was seen last: that of the turns that begin now. */
  readonly facts: AgentFacts;
  /** While the server refuses everything nobody looks. */
  rest(isResting: boolean): void;
  /** One more look. A server that does not answer is no cause to stop. @param signal Ends it. */
  look(signal: AbortSignal): Promise<void>;
  /** Ends a look that is under way, and looks no more. */
  close(): void;
}

export interface AgentWatched extends Pick<Config, 'acceptAgentChange'> {
  readonly connection: Pick<AgentConnection, 'look'>;
  readonly facts: AgentFacts;
  readonly say: (line: string) => void;
}

/** From one look to the next; and how long one may take, so that a server that is silent does not hold up the end. */
const everyMs = 5_000;

export function watchAgent(watched: AgentWatched, runtime: Runtime): AgentWatch {
  const { connection, acceptAgentChange, say } = watched;
  const facts = { ...watched.facts };
  const stopping = new AbortController();
  const closed = new AbortController();
  let stop: Stop | null = null;
  let isResting = false;
  let isLooking = false;

  const halt = (message: string) => {
    stop = { code: 'needs_person', message };
    say(`No turn is begun any more: ${message}.`);
    stopping.abort();
  };
  const judge = (seen: AgentFacts | null) => {
    const { version } = facts;
    if (stop !== null || seen?.version === version) return;
    if (seen === null) return halt(deleted(facts.id));
    if (!acceptAgentChange) return halt(edited(version, seen.version));
    say(
      `The agent was edited: from version ${version} to ${seen.version}. Going on (--accept-agent-change).`,
    );
    facts.version = seen.version;
  };
  const look = async (signal: AbortSignal) => {
    if (closed.signal.aborted) return;
    const limits = {
      deadline: runtime.now() + everyMs,
      signal: AbortSignal.any([signal, closed.signal]),
    };
    try {
      const seen = await connection.look(facts.id, limits);
      if (!closed.signal.aborted) judge(seen);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
    }
  };
  const stopTicking = runtime.every(everyMs, () => {
    if (isResting || isLooking || stop !== null) return;
    isLooking = true;
    void look(closed.signal).finally(() => {
      isLooking = false;
    });
  });

  return {
    signal: stopping.signal,
    get stop() {
      return stop;
    },
    facts,
    rest: (isOn) => {
      isResting = isOn;
    },
    look,
    close: () => {
      stopTicking();
      closed.abort();
    },
  };
}

/** Of an agent that cannot be edited while the batch runs: a local one's version is its graphs'. */
export const unwatched = (facts: AgentFacts): AgentWatch => ({
  signal: new AbortController().signal,
  stop: null,
  facts,
  rest: () => {},
  look: async () => {},
  close: () => {},
});

const edited = (was: string, is: string) =>
  `the agent was edited while the batch ran: it began with version ${was}, the server now has ${is}; --accept-agent-change goes on with it, --new starts another batch`;

const deleted = (id: string) =>
  `the agent ${id} is gone: somebody deleted it while the batch ran, or took it away from the key's owner; once it is there again the same command goes on, --new starts another batch`;
