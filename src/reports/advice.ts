import type { FailureGroup } from '../summary-types.ts';
import type { FailureKind } from '../types.ts';

/** What a failure means and what a person can do about it, in plain English. */
export interface Advice {
  readonly meaning: string;
  readonly cure: string;
}

const lookFirst = "Look at these in the agent's traces before anybody repeats them: they may have run.";
const tooBusy: Advice = {
  meaning: 'The server was overloaded or restarting.',
  cure: 'See that the server is well, and lower --concurrency.',
};
const tooLarge: Advice = {
  meaning: 'The server finds the input too large.',
  cure: "Shorten these inputs, or raise the server's limit.",
};
const gone: Advice = {
  meaning: 'What the run was kept under is no longer on the server, so how it ended cannot be told.',
  cure: `See who deletes threads while the batch runs. ${lookFirst}`,
};

/** By code, where more can be said than by kind. */
export const adviceByCode: Readonly<Record<string, Advice>> = {
  CONNECT_REFUSED: {
    meaning: "Nothing took the connection at the agent's address.",
    cure: 'See that the server runs and that --url names its host and port, then run these again.',
  },
  CONNECT_TIMEOUT: {
    meaning: "The agent's address did not answer in time.",
    cure: 'See that network, VPN and firewall let you through, or raise --connect-timeout; then run these again.',
  },
  DNS_NOT_FOUND: {
    meaning: 'No such host.',
    cure: 'Look for a typing error in --url.',
  },
  DNS_UNAVAILABLE: {
    meaning: 'The name service did not answer, so the host was not found.',
    cure: 'See that the network is up, then run these again.',
  },
  TLS_FAILED: {
    meaning:
      "No secure connection: the server's certificate is not trusted, has expired or is of another host.",
    cure: "Mend the certificate, or name your own authority's in NODE_EXTRA_CA_CERTS.",
  },
  TIMEOUT: {
    meaning:
      'The agent had not finished when --timeout had passed; the run was cancelled as well as the server can.',
    cure: `Raise --timeout if the agent may take that long. ${lookFirst}`,
  },
  IDLE_TIMEOUT: {
    meaning: 'The connection fell silent, and a stateless run cannot be joined again.',
    cure: `Raise --idle-timeout, or use --mode threaded, which joins the run again. ${lookFirst}`,
  },
  CONNECTION_RESET: {
    meaning: 'The connection broke before the answer came.',
    cure: lookFirst,
  },
  BODY_CUT_SHORT: {
    meaning: 'The answer broke off before its end.',
    cure: `${lookFirst} If it goes on, look for a proxy that limits size or time.`,
  },
  LEFT_IN_FLIGHT: {
    meaning: 'An earlier start had sent these when it was killed. At-most-once does not send them again.',
    cure: lookFirst,
  },
  EDITED_IN_FLIGHT: {
    meaning:
      'An earlier start sent these rows as they were before they were edited. Those answers are not taken for the edited rows’.',
    cure: 'Look at what the runs did, then run the edited rows again.',
  },
  HTTP_REDIRECT: {
    meaning:
      'The server sent us to another address, which is not followed, so that no key goes to a stranger.',
    cure: 'Set --url to the address it names, if you trust that.',
  },
  HTTP_408: tooBusy,
  HTTP_409: {
    meaning: 'The thread was busy with another run.',
    cure: 'See that nobody else uses these threads, then run these again.',
  },
  HTTP_429: {
    meaning: 'The server takes no more requests at this pace.',
    cure: 'Lower --concurrency or set --rate, then run these again.',
  },
  HTTP_500: {
    meaning: 'The server itself failed.',
    cure: 'Read its log at that time. If it happens to all, its deployment is broken; if to some, look at their inputs.',
  },
  HTTP_502: tooBusy,
  HTTP_503: tooBusy,
  HTTP_504: {
    meaning: 'A proxy in front of the server stopped waiting for it.',
    cure: `Raise the proxy's limit, or use --mode threaded, which joins the run again. ${lookFirst}`,
  },
  NOT_JSON: {
    meaning: 'The answer is not JSON.',
    cure: 'See that --url is an Agent Server, and that no proxy changes its answers.',
  },
  HTML_ANSWER: {
    meaning: 'A web page came instead of an answer, as from a login page or a proxy.',
    cure: "See that --url is the API's address, not that of a page, and that no login stands before it.",
  },
  NO_RESULT: {
    meaning: 'The run ended without a result.',
    cure: 'Look at the run on the server: it may have been cancelled, or the graph gives no output.',
  },
  STREAM_NO_VALUE: {
    meaning: 'The stream ended without a final state.',
    cure: 'Run these again without --stream, and look at the run on the server.',
  },
  ANSWER_TOO_LARGE: {
    meaning: 'The answer is larger than --max-answer allows.',
    cure: 'Raise --max-answer, or let the agent return less of its state.',
  },
  ANSWER_TOO_DEEP: {
    meaning: 'The answer is nested deeper than can be written again.',
    cure: 'Let the agent return a flatter state.',
  },
  AGENT_ERROR: {
    meaning: "The agent's own code threw an error.",
    cure: 'Mend the agent, or look at what these inputs have in common; the traces tell where it threw.',
  },
  RECURSION_LIMIT: {
    meaning: 'The graph took as many steps as it may, and came to no end.',
    cure: 'Raise `recursion_limit` in the config of --body, or see why the agent goes in circles.',
  },
  INPUT_REFUSED: {
    meaning: "The agent's own check refused the input.",
    cure: 'Read the message; compare the input with what the graph expects.',
  },
  RUN_TIMEOUT: {
    meaning: 'The server ended the run at its own time limit.',
    cure: "Raise the server's limit, or let the agent do less in one run.",
  },
  WAITS_FOR_HUMAN: {
    meaning: 'The agent stopped to ask a person.',
    cure: 'Copy interrupted.csv, fill in its decisions, and resume them: threadmill answer <batch> <copy>.',
  },
  BREAKPOINT: {
    meaning: 'The agent stopped at a breakpoint set in its graph, and asks nothing.',
    cure: 'Let it go on by --on-interrupt approve or threadmill answer, or take the breakpoint out of the graph.',
  },
  AUTH_REQUIRED: {
    meaning: "A tool of the agent needs somebody's authorisation.",
    cure: 'Open the URL, sign in, then run these again.',
  },
  ANSWERED_ELSEWHERE: {
    meaning: 'Somebody else answered these runs meanwhile: nothing was sent.',
    cure: 'See what became of their threads; threadmill retry asks these anew.',
  },
  RUN_CANCELLED: {
    meaning: 'Somebody cancelled the run on the server.',
    cure: 'If that was not you, ask who else uses this agent; then run these again.',
  },
  BATCH_ABORTED: {
    meaning: 'The batch was told to stop at once while these were in flight.',
    cure: lookFirst,
  },
  EARLIER_TURN: {
    meaning: 'An earlier turn of the conversation did not succeed, so these were not asked.',
    cure: 'Mend that turn first.',
  },
  KEY_REFUSED: {
    meaning: 'The key is missing, wrong, or of another scheme.',
    cure: 'Set LANGGRAPH_API_KEY to a key of this deployment, and see that --auth-scheme is its scheme.',
  },
  AGENT_NOT_FOUND: {
    meaning: "There is no such agent, or the key is not of the agent's owner.",
    cure: "See that --agent is its id, and that the key is its owner's.",
  },
  STATE_GONE: {
    meaning: 'The server has the state before this turn no more.',
    cure: 'Go on from the failed step (--retry-agent continue), or run the conversation again.',
  },
  RUN_GONE: gone,
  THREAD_GONE: gone,
  HTTP_413: tooLarge,
  ROW_UNREADABLE: {
    meaning: 'The row cannot be read, so it was not asked.',
    cure: 'Mend the dataset at the line named.',
  },
};

const adviceByKind: Readonly<Record<FailureKind, Advice>> = {
  connect: {
    meaning: 'No connection to the agent.',
    cure: 'See that the server runs and the network is up, then run these again.',
  },
  timeout: { meaning: 'The answer did not come in time.', cure: lookFirst },
  reset: { meaning: 'The connection broke before the answer was complete.', cure: lookFirst },
  http: {
    meaning: 'The server refused or failed.',
    cure: 'Read its answer below, and its log at that time.',
  },
  protocol: {
    meaning: "The server's answer cannot be understood.",
    cure: 'See that --url is an Agent Server; then look at the run on the server.',
  },
  agent: {
    meaning: 'The agent failed.',
    cure: "Look at the run's trace.",
  },
  cancelled: { meaning: 'It was cancelled.', cure: 'Run these again if that was not meant.' },
  auth: {
    meaning: 'The server does not allow it with this key.',
    cure: 'See that the key is right and may use this agent.',
  },
  not_found: {
    meaning: 'The server does not know what was asked for.',
    cure: "See that --url and --agent are right, and that the key is the agent owner's.",
  },
  invalid: {
    meaning: 'The server finds the input wrong.',
    cure: 'Compare these inputs with what the graph expects.',
  },
};

/** Failures that by themselves cannot have run. */
const harmless: readonly FailureGroup['kind'][] = ['connect', 'auth', 'not_found', 'invalid'];

/** An earlier try of these may have run, and nobody can tell how it ended. */
const uncertainCure =
  'They may have run: look at uncertain.csv and at the server before anybody repeats them.';

export function adviceFor({
  kind,
  code,
  uncertain,
}: Pick<FailureGroup, 'kind' | 'code' | 'uncertain'>): Advice {
  const known = Object.hasOwn(adviceByCode, code)
    ? (adviceByCode[code] ?? adviceByKind[kind])
    : adviceByKind[kind];
  return uncertain && harmless.includes(kind) ? { meaning: known.meaning, cure: uncertainCure } : known;
}
