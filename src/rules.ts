/** What options must hold together, beyond each one's own kind. Pure. */

import { accessOf, judgeAccessOf } from './access.ts';
import type { CommandName, Config, OptionKey } from './options.ts';
import { toldOf } from './webhook.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Each rule that is broken, a sentence each.
 * @param faulted Options whose own value was refused already: nothing more is said of them.
 */
export function brokenRules(
  command: CommandName,
  config: Config,
  env: Environment,
  faulted: ReadonlySet<OptionKey> = new Set(),
): string[] {
  if (command !== 'run' && command !== 'check') return [];
  const faults = [...agentFaults(config, env, faulted), ...judgeFaults(config, env, faulted)];
  if (!faulted.has('notify') && !faulted.has('ping')) faults.push(...toldOf(config, env).faults);
  if (config.sample !== null && (config.limit !== null || config.offset > 0)) {
    faults.push('--sample: draws from the whole dataset; leave out --limit and --offset');
  }
  if (config.maxCost !== null && config.price === null && !faulted.has('price')) {
    faults.push('--max-cost: expected --price with it, as --price in=3,out=15 (of a million tokens)');
  }
  if (config.excel && config.rawCsv) {
    faults.push('--raw-csv: leaves out the guard that --excel adds; choose one');
  }
  if (config.baselineOptional && config.baseline === null && !faulted.has('baseline')) {
    faults.push('--baseline-optional: expected --baseline with it, which says where the baseline is to lie');
  }
  if (config.stopWhenDecided && config.baseline === null && !faulted.has('baseline')) {
    faults.push('--stop-when-decided: expected --baseline with it, by which a verdict is given');
  }
  if (config.stopWhenDecided && config.baseline !== null && typeof config.baseline !== 'string') {
    faults.push(
      '--stop-when-decided: previous and rolling(n) judge by all answers of each batch; name a batch or a file for the baseline',
    );
  }
  if (config.stopWhenDecided && config.clusterBy !== null) {
    faults.push('--stop-when-decided: nothing bounds a verdict with --cluster-by; choose one');
  }
  const extracted = config.extractions.map((one) => one?.name);
  const twice = extracted.find((name, at) => name !== undefined && extracted.indexOf(name) < at);
  if (twice !== undefined)
    faults.push(`--extract: ${JSON.stringify(twice)} is there twice; name one of them otherwise`);
  if (config.json && config.reports.some((report) => report?.file === null)) {
    faults.push('--report: --json keeps stdout for its two lines; name a file, as --report text=report.txt');
  }
  return faults;
}

function agentFaults(config: Config, env: Environment, faulted: ReadonlySet<OptionKey>): string[] {
  const faults: string[] = [];
  const { local, serveCommand } = config;
  if (local !== null && serveCommand !== null) {
    faults.push('--serve-command: --local starts a server of its own; choose one');
  }
  if (local === null && serveCommand === null) {
    if (config.url === null && !faulted.has('url') && !faulted.has('serveCommand'))
      faults.push(missing('--url', "the deployment's URL", 'LANGGRAPH_API_URL'));
  }
  if (local === null) {
    if (config.agent === null && !faulted.has('agent'))
      faults.push(missing('--agent', "the agent's id", 'LANGGRAPH_AGENT_ID'));
  }
  const isReadable = (['url', 'apiKey', 'authScheme', 'headers'] as const).every((key) => !faulted.has(key));
  if (!isReadable) return faults;
  const isOwn = local !== null || serveCommand !== null;
  const access = accessOf(isOwn ? { ...config, url: null } : config, env);
  if (access.secrets.some((secret) => secret.length > 7 && serveCommand?.includes(secret))) {
    faults.push(
      '--serve-command: a secret stands in it, and it is kept with the batch; put its variable there, which the shell expands ("$LANGGRAPH_API_KEY")',
    );
  }
  return [...faults, ...access.faults];
}

/** Who judges is one of two: a model at an endpoint, or an assistant. */
export function judgeFaults(
  config: Config,
  env: Environment,
  faulted: ReadonlySet<OptionKey> = new Set(),
): string[] {
  const { judgeUrl, judgeModel, judgeAgent } = config;
  const isReadable = (['judgeUrl', 'judgeModel', 'judgeAgent', 'judgeKey'] as const).every(
    (key) => !faulted.has(key),
  );
  if (!isReadable) return [];
  const faults = [...(judgeAccessOf(config, env)?.faults ?? [])];
  if (judgeModel !== null && judgeAgent !== null)
    faults.push('--judge-agent: an assistant judges by its own model; leave out --judge-model');
  else if (judgeModel !== null && judgeUrl === null)
    faults.push('--judge-model: expected --judge-url with it, as --judge-url https://api.openai.com/v1');
  else if (judgeUrl !== null && judgeModel === null && judgeAgent === null)
    faults.push('--judge-url: expected --judge-model with it, or --judge-agent, got neither');
  return faults;
}

const missing = (flag: string, what: string, variable: string) =>
  `${flag}: expected ${what}, got nothing: give it, or set ${variable} in .env (threadmill init writes one), or try --local`;
