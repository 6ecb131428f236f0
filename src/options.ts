/**
 * The option table. One row gives the yargs option, the type in `Config`, the line in `.env.example` and the row in
 * the README; a test compares them.
 */

import { webhookFormats } from './notice.ts';
import { failureKinds } from './types.ts';
import {
  baseline,
  byteSize,
  choice,
  choices,
  concurrency,
  duration,
  extractions,
  gateText,
  headers,
  type Kind,
  listenAddress,
  maxErrors,
  names,
  positiveNumber,
  price,
  rate,
  reportTarget,
  scorerText,
  serveCommand,
  share,
  shareAboveNone,
  temperature,
  text,
  textOrNone,
  texts,
  toggle,
  tokenCount,
  url,
  wholeNumber,
} from './values.ts';

export type CommandName =
  | 'run'
  | 'retry'
  | 'answer'
  | 'score'
  | 'compare'
  | 'plan'
  | 'check'
  | 'report'
  | 'clean'
  | 'init'
  | 'serve'
  | 'schedule';

export interface OptionRow<T> {
  /** Without dashes; `null` for what is no flag: a secret. */
  readonly flag: string | null;
  readonly kind: Kind<T>;
  readonly help: string;
  readonly group: OptionGroup;
  readonly commands: readonly CommandName[];
  readonly alias?: string;
  /** First found wins. */
  readonly env?: readonly string[];
  /** As a person would type it; without one the value is null, of a switch false, of a list empty. */
  readonly default?: string;
}

export const optionGroups = [
  'The agent',
  'Which batch',
  'The dataset',
  'What is asked',
  'Pace and patience',
  'Is it good?',
  'What is kept and told',
  'The judge',
] as const;
export type OptionGroup = (typeof optionGroups)[number];

/** A row whose value is there whatever a user says: it has a default. */
const given = <T>(row: OptionRow<T> & { readonly default: string }) => ({ ...row, optional: false }) as const;
/** A row whose value is null where nobody says one. */
const optional = <T>(row: OptionRow<T>) => ({ ...row, optional: true }) as const;
/** A row that may be given more than once: its value is a list. */
const list = <T>(row: OptionRow<T>) => ({ ...row, optional: false, list: true }) as const;
const run = ['run'] as const;
const retry = ['retry'] as const;
const running = ['run', 'retry', 'answer'] as const;
const comparing = [...running, 'compare'] as const;
const asking = [...running, 'check'] as const;
/** What judges answers. */
const scoring = ['run', 'score'] as const;
/** Where a judge may be asked. */
const judging = [...running, 'score'] as const;
/** Where URL and agent are named; the others know them from the batch. */
const reaching = ['run', 'check'] as const;
const connecting = [...asking, 'clean'] as const;

// biome-ignore format: a table is read by its rows, one option a line; broken up it would take eight for each.
export const optionTable = {
  url: optional({ flag: 'url', kind: url, env: ['LANGGRAPH_API_URL'], group: 'The agent', commands: reaching, help: 'the deployment; may carry a path prefix' }),
  agent: optional({ flag: 'agent', kind: text('id'), env: ['LANGGRAPH_AGENT_ID'], group: 'The agent', commands: reaching, help: 'assistant id, or graph name' }),
  apiKey: optional({ flag: null, kind: text('key'), env: ['LANGGRAPH_API_KEY', 'LANGSMITH_API_KEY'], group: 'The agent', commands: [...connecting, 'score'], help: 'sent as X-Api-Key; over plain http only to this machine' }),
  authScheme: given({ flag: 'auth-scheme', kind: textOrNone('name'), env: ['LANGGRAPH_AUTH_SCHEME'], default: 'langsmith-api-key', group: 'The agent', commands: [...connecting, 'score'], help: 'sent as X-Auth-Scheme with the key; empty sends none' }),
  headers: list({ flag: 'header', kind: headers, group: 'The agent', commands: [...connecting, 'score'], help: 'a header of your own; ${VAR} from the environment' }),
  insecureHttp: optional({ flag: 'insecure-http', kind: toggle, group: 'The agent', commands: [...connecting, 'score'], help: 'send the key over plain http to any host' }),
  local: optional({ flag: 'local', kind: textOrNone('langgraph.json'), group: 'The agent', commands: reaching, help: 'start a local Agent Server for this, and stop it after' }),
  serveCommand: optional({ flag: 'serve-command', kind: serveCommand, group: 'The agent', commands: reaching, help: 'start a server by this, in place of --url, and stop it after' }),
  serveTimeoutMs: given({ flag: 'serve-timeout', kind: duration, default: '60s', group: 'The agent', commands: asking, help: 'until the server of --serve-command answers' }),
  ask: optional({ flag: 'ask', kind: text('text'), group: 'The agent', commands: ['check'], help: 'send one message and print the answer' }),
  configFile: optional({ flag: 'config', kind: text('file'), group: 'The agent', commands: [...connecting, 'score'], help: 'options from a YAML or JSON file, by these names' }),

  out: optional({ flag: 'out', alias: 'o', kind: text('dir'), group: 'Which batch', commands: run, help: 'the batch directory; an unfinished one goes on' }),
  new: optional({ flag: 'new', kind: toggle, group: 'Which batch', commands: run, help: 'start another batch, whatever is there' }),
  acceptAgentChange: optional({ flag: 'accept-agent-change', kind: toggle, group: 'Which batch', commands: run, help: 'go on though the agent was edited meanwhile' }),
  mend: optional({ flag: 'mend', kind: toggle, group: 'Which batch', commands: run, help: 'go on though the journal was damaged; what is lost is named' }),
  dryRun: optional({ flag: 'dry-run', kind: toggle, group: 'Which batch', commands: run, help: 'check everything, print the first request, send nothing' }),
  only: given({ flag: 'only', kind: choices('error', 'uncertain', 'interrupted'), default: 'error', group: 'Which batch', commands: retry, help: 'which to ask once more: error, uncertain, interrupted' }),
  kinds: optional({ flag: 'kind', kind: choices(...failureKinds), group: 'Which batch', commands: retry, help: 'only failures of these kinds: agent, timeout, reset…' }),
  interrupted: optional({ flag: 'interrupted', kind: toggle, group: 'Which batch', commands: ['clean'], help: 'delete threads that wait for a person too' }),
  yes: optional({ flag: 'yes', alias: 'y', kind: toggle, group: 'Which batch', commands: running, help: 'do not ask before a large batch' }),

  format: optional({ flag: 'format', kind: choice('csv', 'tsv', 'jsonl', 'json'), group: 'The dataset', commands: run, help: 'of the dataset, where its name does not say' }),
  encoding: optional({ flag: 'encoding', kind: text('name'), group: 'The dataset', commands: run, help: 'of the dataset, when neither UTF-8 nor UTF-16' }),
  inputColumn: optional({ flag: 'input-column', kind: text('name'), group: 'The dataset', commands: run, help: 'the column to ask' }),
  idColumn: optional({ flag: 'id-column', kind: text('name'), group: 'The dataset', commands: run, help: 'the column that names an example' }),
  threadColumn: optional({ flag: 'thread-column', kind: text('name'), group: 'The dataset', commands: run, help: 'the column that joins rows to conversations' }),
  expectedColumn: optional({ flag: 'expected-column', kind: text('name'), group: 'The dataset', commands: run, help: 'the column with the expected answer' }),
  template: optional({ flag: 'template', kind: text('text'), group: 'The dataset', commands: run, help: "builds the prompt: 'Summarise: {{title}}'" }),
  limit: optional({ flag: 'limit', kind: wholeNumber(1), group: 'The dataset', commands: run, help: 'only the first n examples' }),
  offset: given({ flag: 'offset', kind: wholeNumber(0), default: '0', group: 'The dataset', commands: run, help: 'leave out the first n examples' }),
  sample: optional({ flag: 'sample', kind: wholeNumber(1), group: 'The dataset', commands: run, help: 'only n examples, drawn by --seed' }),
  seed: given({ flag: 'seed', kind: wholeNumber(0), default: '0', group: 'The dataset', commands: run, help: 'of --sample' }),
  ids: optional({ flag: 'ids', kind: names, group: 'The dataset', commands: run, help: 'only these examples' }),
  skipBadRows: optional({ flag: 'skip-bad-rows', kind: toggle, group: 'The dataset', commands: run, help: 'record unreadable rows as skipped instead of stopping' }),

  mode: given({ flag: 'mode', kind: choice('auto', 'stateless', 'threaded'), default: 'auto', group: 'What is asked', commands: run, help: 'threaded gives each example a thread of its own' }),
  delivery: optional({ flag: 'delivery', kind: choice('exactly-once', 'at-most-once', 'at-least-once'), group: 'What is asked', commands: run, help: 'what may happen to side effects (docs/guide/delivery.md)' }),
  threads: given({ flag: 'threads', kind: choice('auto', 'keep', 'delete'), default: 'auto', group: 'What is asked', commands: run, help: 'auto deletes the threads of single-turn successes' }),
  stream: optional({ flag: 'stream', kind: toggle, group: 'What is asked', commands: run, help: 'use the streaming endpoints; gives time to first token' }),
  repeat: given({ flag: 'repeat', kind: wholeNumber(1, 10_000), default: '1', group: 'What is asked', commands: run, help: 'trials per example' }),
  body: optional({ flag: 'body', kind: text('file'), group: 'What is asked', commands: run, help: 'JSON fields added to every run (config, context…)' }),
  answers: optional({ flag: 'answers', kind: text('file'), group: 'What is asked', commands: running, help: 'rules that answer runs that wait, by tool (YAML)' }),
  onInterrupt: given({ flag: 'on-interrupt', kind: choice('record', 'fail', 'approve', 'reject'), default: 'record', group: 'What is asked', commands: run, help: 'what becomes of a run that waits for a human' }),

  concurrency: given({ flag: 'concurrency', alias: 'c', kind: concurrency, default: '10', group: 'Pace and patience', commands: running, help: 'jobs in flight; auto finds the best' }),
  maxConcurrency: given({ flag: 'max-concurrency', kind: wholeNumber(1, 100_000), default: '256', group: 'Pace and patience', commands: running, help: 'jobs in flight that auto may reach' }),
  ratePerMs: optional({ flag: 'rate', kind: rate, group: 'Pace and patience', commands: running, help: 'requests that create runs, retries included' }),
  retries: given({ flag: 'retries', kind: wholeNumber(0, 1_000), default: '3', group: 'Pace and patience', commands: running, help: 'further tries of a request that failed in transport' }),
  retryAgent: given({ flag: 'retry-agent', kind: choice('none', 'continue', 'fresh'), default: 'none', group: 'Pace and patience', commands: running, help: 'when the agent failed: go on from that step, or begin anew' }),
  timeoutMs: given({ flag: 'timeout', kind: duration, default: '10m', group: 'Pace and patience', commands: asking, help: 'for one turn, tries and waits included' }),
  connectTimeoutMs: given({ flag: 'connect-timeout', kind: duration, default: '10s', group: 'Pace and patience', commands: [...connecting, 'score'], help: 'to connect' }),
  idleTimeoutMs: given({ flag: 'idle-timeout', kind: duration, default: '60s', group: 'Pace and patience', commands: connecting, help: 'without a byte; a run on a thread is then joined again' }),
  maxAnswerBytes: given({ flag: 'max-answer', kind: byteSize, default: '100MB', group: 'Pace and patience', commands: asking, help: 'the largest answer, unpacked; more of it is never held' }),
  maxErrors: optional({ flag: 'max-errors', kind: maxErrors, group: 'Pace and patience', commands: running, help: 'stop early; unset: if the first 10 all fail alike' }),
  maxTokens: optional({ flag: 'max-tokens', kind: tokenCount, group: 'Pace and patience', commands: running, help: 'stop before the batch takes more' }),
  maxCost: optional({ flag: 'max-cost', kind: positiveNumber, group: 'Pace and patience', commands: running, help: 'stop before the batch costs more, by --price' }),
  price: optional({ flag: 'price', kind: price, group: 'Pace and patience', commands: [...running, 'score', 'compare'], help: 'of a million tokens; tells what the batch costs' }),
  deadlineMs: optional({ flag: 'deadline', kind: duration, group: 'Pace and patience', commands: running, help: 'stop the whole batch after this long, to go on later' }),
  giveUpMs: given({ flag: 'give-up', kind: duration, default: '15m', group: 'Pace and patience', commands: running, help: 'on a server that refuses everything' }),
  graceMs: given({ flag: 'grace', kind: duration, default: '30s', group: 'Pace and patience', commands: running, help: 'after a first Ctrl-C, for what is in flight' }),

  record: given({ flag: 'record', kind: choice('response', 'messages', 'output'), default: 'messages', group: 'What is kept and told', commands: run, help: 'how much of the state a record holds' }),
  scorers: list({ flag: 'scorer', kind: scorerText, group: 'Is it good?', commands: scoring, help: 'judge each answer: exact, numeric:0.01…' }),
  gates: list({ flag: 'gate', kind: gateText, group: 'Is it good?', commands: scoring, help: "what must hold, or exit 1: 'mean(exact) >= 0.9'" }),
  allowCode: optional({ flag: 'allow-code', kind: toggle, group: 'Is it good?', commands: scoring, help: "run the JavaScript of a dataset's javascript: assertions" }),
  extractions: list({ flag: 'extract', kind: extractions, group: 'What is kept and told', commands: run, help: "a column from the agent's state, by JSONPath" }),
  excel: optional({ flag: 'excel', kind: toggle, group: 'What is kept and told', commands: [...running, 'score', 'report'], help: 'results.csv for spreadsheets: BOM, every column guarded' }),
  rawCsv: optional({ flag: 'raw-csv', kind: toggle, group: 'What is kept and told', commands: [...running, 'score', 'report'], help: 'results.csv without any guard against formulas' }),
  reports: list({ flag: 'report', kind: reportTarget, group: 'What is kept and told', commands: [...running, 'score'], help: 'a report at the end: junit=report.xml, markdown, csv…' }),
  reportFormat: given({ flag: 'format', kind: text('format'), default: 'text', group: 'What is kept and told', commands: ['report'], help: 'text, json, junit, markdown…; csv makes all CSV files again' }),
  comparedScorers: list({ flag: 'scorer', kind: texts('name'), group: 'Is it good?', commands: ['compare', 'plan'], help: 'by this one alone; unset: by all that are recorded' }),
  baseline: optional({ flag: 'baseline', kind: baseline, group: 'Is it good?', commands: running, help: 'what the batch is compared with at the end' }),
  baselineOptional: optional({ flag: 'baseline-optional', kind: toggle, group: 'Is it good?', commands: running, help: 'where the baseline is not there yet, make it' }),
  stopWhenDecided: optional({ flag: 'stop-when-decided', kind: toggle, group: 'Is it good?', commands: run, help: 'stop once no answer left can change the verdict' }),
  maxDrop: given({ flag: 'max-drop', kind: share, default: '0.02', group: 'Is it good?', commands: comparing, help: 'the drop of a mean score that is allowed' }),
  onInconclusive: given({ flag: 'on-inconclusive', kind: choice('pass', 'fail'), default: 'pass', group: 'Is it good?', commands: comparing, help: 'the exit code where nothing is sure: 0 or 1' }),
  groupBy: optional({ flag: 'group-by', kind: text('column'), group: 'Is it good?', commands: ['compare'], help: 'mean scores by the value of a column too' }),
  clusterBy: optional({ flag: 'cluster-by', kind: text('column'), group: 'Is it good?', commands: comparing, help: 'examples alike in this column count as one unit' }),
  drop: given({ flag: 'drop', kind: shareAboveNone, default: '0.02', group: 'Is it good?', commands: ['plan'], help: 'the drop of a mean score that is to be found' }),
  comparisonFormat: given({ flag: 'format', kind: choice('text', 'json'), default: 'text', group: 'What is kept and told', commands: ['compare', 'plan'], help: 'json holds all of it' }),
  texts: optional({ flag: 'texts', kind: toggle, group: 'What is kept and told', commands: [...running, 'report'], help: 'a baseline holds inputs and answers too' }),
  notify: optional({ flag: 'notify', kind: text('url'), group: 'What is kept and told', commands: run, help: 'a webhook, told at start and end; ${VAR} from the environment' }),
  notifyFormat: given({ flag: 'notify-format', kind: choice(...webhookFormats), default: 'json', group: 'What is kept and told', commands: run, help: 'json is signed; slack is as Slack takes it' }),
  notifyAllowPrivate: optional({ flag: 'notify-allow-private', kind: toggle, group: 'What is kept and told', commands: run, help: 'webhook and ping may be on this machine or a private network' }),
  notifySecret: optional({ flag: null, kind: text('secret'), env: ['THREADMILL_NOTIFY_SECRET'], group: 'What is kept and told', commands: run, help: 'signs what --notify sends' }),
  ping: optional({ flag: 'ping', kind: text('url'), group: 'What is kept and told', commands: run, help: "called after each good end: a dead man's switch" }),
  progress: given({ flag: 'progress', kind: choice('auto', 'none'), default: 'auto', group: 'What is kept and told', commands: running, help: 'a bar on a terminal, else a line every 10 s' }),
  json: optional({ flag: 'json', kind: toggle, group: 'What is kept and told', commands: running, help: 'one started and one finished line of JSON on stdout' }),
  quiet: optional({ flag: 'quiet', kind: toggle, group: 'What is kept and told', commands: [...running, 'score', 'clean'], help: 'only errors on the terminal' }),
  log: given({ flag: 'log', kind: choice('text', 'json'), default: 'text', group: 'What is kept and told', commands: [...running, 'schedule'], help: 'stderr for people, or a JSON object a line' }),
  logContents: optional({ flag: 'log-contents', kind: toggle, group: 'What is kept and told', commands: running, help: 'with --log json: prompts and answers too' }),
  verbose: optional({ flag: 'verbose', kind: toggle, group: 'What is kept and told', commands: running, help: 'each attempt that failed, as it happens' }),

  judgeUrl: optional({ flag: 'judge-url', kind: url, group: 'The judge', commands: judging, help: 'of an OpenAI-compatible endpoint, such as https://api.openai.com/v1' }),
  judgeModel: optional({ flag: 'judge-model', kind: text('name'), group: 'The judge', commands: judging, help: 'the model that judges, there' }),
  judgeAgent: optional({ flag: 'judge-agent', kind: text('id'), group: 'The judge', commands: judging, help: 'an assistant judges: of this Agent Server, or of --judge-url' }),
  judgeKey: optional({ flag: null, kind: text('key'), env: ['JUDGE_API_KEY', 'OPENAI_API_KEY'], group: 'The judge', commands: judging, help: "the judge's key; over plain http only to this machine" }),
  judgePrompt: optional({ flag: 'judge-prompt', kind: text('file'), group: 'The judge', commands: judging, help: 'your own, with {{answer}}, {{rubric}}, {{input}}, {{expected}}' }),
  judgeTemperature: given({ flag: 'judge-temperature', kind: temperature, default: '0', group: 'The judge', commands: judging, help: 'of the model; none where it takes none' }),
  judgeConcurrency: given({ flag: 'judge-concurrency', kind: wholeNumber(1, 1_000), default: '5', group: 'The judge', commands: judging, help: 'answers judged at once' }),
  judgeTimeoutMs: given({ flag: 'judge-timeout', kind: duration, default: '60s', group: 'The judge', commands: judging, help: 'for one try' }),
  judgeRetries: given({ flag: 'judge-retries', kind: wholeNumber(0, 100), default: '5', group: 'The judge', commands: judging, help: 'further tries where it is busy, down or slow' }),
  judgeLabels: optional({ flag: 'judge-labels', kind: text('column'), group: 'The judge', commands: judging, help: "what people said (pass, fail, 0 to 1): tells Cohen's kappa" }),

  list: optional({ flag: 'list', kind: toggle, group: 'Which batch', commands: ['schedule'], help: 'the next five firings of each, and start nothing' }),
  once: optional({ flag: 'once', kind: text('name'), group: 'Which batch', commands: ['schedule'], help: 'fire this one now, and end with its exit code' }),
  listen: given({ flag: 'listen', kind: listenAddress, env: ['THREADMILL_LISTEN'], default: '127.0.0.1:9464', group: 'What is kept and told', commands: ['schedule'], help: '/metrics, /healthz and /readyz; none for none' }),
  history: optional({ flag: 'history', kind: text('name'), group: 'Which batch', commands: ['schedule'], help: 'how the firings of this one went' }),
  asJson: optional({ flag: 'json', kind: toggle, group: 'What is kept and told', commands: ['schedule'], help: '--list and --history as JSON' }),
  port: given({ flag: 'port', kind: wholeNumber(0, 65_535), default: '2024', group: 'The agent', commands: ['serve'], help: 'to listen on; 0 takes a free one' }),
  workers: given({ flag: 'workers', kind: wholeNumber(1, 1_000), default: '10', group: 'The agent', commands: ['serve'], help: 'runs in flight at the server' }),
} as const;

type OptionTable = typeof optionTable;
export type OptionKey = keyof OptionTable;
type ValueOf<R> = R extends { kind: Kind<infer T>; optional: infer O }
  ? R extends { list: true }
    ? readonly T[]
    : [T] extends [boolean]
      ? boolean
      : O extends true
        ? T | null
        : T
  : never;

/** All options, resolved. Handed on whole. */
export type Config = { readonly [K in OptionKey]: ValueOf<OptionTable[K]> };

/** As many jobs are in flight, at most. */
export const mostAtOnce = ({
  concurrency,
  maxConcurrency,
}: Pick<Config, 'concurrency' | 'maxConcurrency'>): number =>
  concurrency === 'auto' ? maxConcurrency : concurrency;

/** All options a command has, by key. */
export function optionsOf(command: CommandName): readonly (readonly [OptionKey, OptionRow<unknown>])[] {
  const all = Object.entries(optionTable) as [OptionKey, OptionRow<unknown>][];
  return all.filter(([, row]) => row.commands.includes(command));
}
