/** What options must hold together, beyond each one's own kind. Pure. */

import { accessOf } from './access.ts';
import type { CommandName, Config, OptionKey } from './options.ts';

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
  const faults = [...agentFaults(config, env, faulted)];
  if (config.sample !== null && (config.limit !== null || config.offset > 0)) {
    faults.push('--sample: draws from the whole dataset; leave out --limit and --offset');
  }
  if (config.maxCost !== null && config.price === null && !faulted.has('price')) {
    faults.push('--max-cost: expected --price with it, as --price in=3,out=15 (of a million tokens)');
  }
  if (config.excel && config.rawCsv) {
    faults.push('--raw-csv: leaves out the guard that --excel adds; choose one');
  }
  const extracted = config.extractions.map((one) => one?.name);
  const twice = extracted.find((name, at) => name !== undefined && extracted.indexOf(name) < at);
  if (twice !== undefined)
    faults.push(`--extract: ${JSON.stringify(twice)} is there twice; name one of them otherwise`);
  if (config.baselineOptional && config.baseline === null && !faulted.has('baseline')) {
    faults.push('--baseline-optional: expected --baseline with it, which says where the baseline is to lie');
  }
  if (config.stopWhenDecided && config.baseline === null && !faulted.has('baseline')) {
    faults.push('--stop-when-decided: expected --baseline with it, by which a verdict is given');
  }
  if (config.stopWhenDecided && config.clusterBy !== null) {
    faults.push('--stop-when-decided: nothing bounds a verdict with --cluster-by; choose one');
  }
  if (config.json && config.reports.some((report) => report?.file === null)) {
    faults.push('--report: --json keeps stdout for its two lines; name a file, as --report text=report.txt');
  }
  return faults;
}

function agentFaults(config: Config, env: Environment, faulted: ReadonlySet<OptionKey>): string[] {
  const faults: string[] = [];
  if (config.local === null) {
    if (config.url === null && !faulted.has('url'))
      faults.push(missing('--url', "the deployment's URL", 'LANGGRAPH_API_URL'));
    if (config.agent === null && !faulted.has('agent'))
      faults.push(missing('--agent', "the agent's id", 'LANGGRAPH_AGENT_ID'));
  }
  const isReadable = (['url', 'apiKey', 'authScheme', 'headers'] as const).every((key) => !faulted.has(key));
  return isReadable ? [...faults, ...accessOf(config, env).faults] : faults;
}

const missing = (flag: string, what: string, variable: string) =>
  `${flag}: expected ${what}, got nothing: give it, or set ${variable} in .env (threadmill init writes one), or try --local`;
