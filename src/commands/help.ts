/** Help texts, from the option table. Pure. */

import { type CommandName, type OptionKey, type OptionRow, optionGroups, optionsOf } from '../options.ts';

export interface CommandHelp {
  readonly usage: string;
  readonly does: string;
  readonly example: string;
}

export const commandHelp = {
  run: {
    usage: 'run <dataset>',
    does: 'runs every example through the agent; the same command again goes on',
    example: 'threadmill run datasets/support.csv --limit 10',
  },
  retry: {
    usage: 'retry <batch>',
    does: 'asks what failed in a batch once more, as new revisions',
    example: 'threadmill retry results/support-20261122T145206Z --only error,interrupted',
  },
  score: {
    usage: 'score <batch>',
    does: 'scores recorded answers again; asks no agent, only a judge where one is named',
    example: 'threadmill score results/support-20261122T145206Z --scorer icontains',
  },
  answer: {
    usage: 'answer <batch> <decisions.csv>',
    does: 'resumes runs that wait for a person, as decided',
    example: 'threadmill answer results/support-20261122T145206Z decisions.csv',
  },
  check: {
    usage: 'check',
    does: 'is the URL right, the key accepted, the agent there?',
    example: 'threadmill check --ask "hello"',
  },
  report: {
    usage: 'report <batch>',
    does: 'shows a batch again, from its journal',
    example: 'threadmill report results/support-20261122T145206Z',
  },
  compare: {
    usage: 'compare <baseline> <candidate>',
    does: 'is the candidate worse? Pairs two batches by example; exit code 1 if so',
    example: 'threadmill compare baseline.jsonl results/support-20261122T145206Z',
  },
  plan: {
    usage: 'plan <batch>',
    does: 'how many examples and repeats it takes to find a drop',
    example: 'threadmill plan results/support-20261122T145206Z --drop 0.03',
  },
  clean: {
    usage: 'clean <batch>',
    does: 'deletes the threads that a batch kept on the server',
    example: 'threadmill clean results/support-20261122T145206Z',
  },
  init: { usage: 'init', does: 'asks for URL, agent and key, and writes .env', example: 'threadmill init' },
  serve: {
    usage: 'serve [langgraph.json]',
    does: 'a local Agent Server: sample agents, or your own graphs',
    example: 'threadmill serve --port 2024',
  },
  schedule: {
    usage: 'schedule <schedules.yaml>',
    does: 'runs batches on cron expressions, each firing once, never overlapping',
    example: 'threadmill schedule schedules.yaml --list',
  },
} as const satisfies Record<CommandName, CommandHelp>;

export const isCommand = (name: string | undefined): name is CommandName =>
  name !== undefined && Object.hasOwn(commandHelp, name);

const toBegin: readonly CommandName[] = ['init', 'check', 'run'];

/** What a bare `threadmill` prints. */
export function welcomeText(): string {
  const rows = toBegin.map(
    (name) => [`  threadmill ${commandHelp[name].usage}`, commandHelp[name].does] as const,
  );
  return `threadmill runs a dataset through a deployed LangGraph or LangSmith agent:
nothing lost, nothing done twice, honest outcomes.

To begin:
${table(rows, 80)}

No agent yet? threadmill run datasets/support.csv --local
All commands: threadmill --help
`;
}

/** `threadmill --help`. */
export function overviewText(width: number): string {
  const rows = Object.values(commandHelp).map(({ usage, does }) => [`  ${usage}`, does] as const);
  return `Usage: threadmill <command> [options]

Commands
${table(rows, width)}

threadmill <command> --help tells a command's options.
threadmill --version
`;
}

/** What most people need of a command that has more options than a screen has lines. */
const common: ReadonlySet<OptionKey> = new Set<OptionKey>([
  'url',
  'agent',
  'local',
  'out',
  'dryRun',
  'only',
  'limit',
  'repeat',
  'concurrency',
  'timeoutMs',
  'scorers',
  'gates',
]);

const screenOptions = 12;

type Options = ReturnType<typeof optionsOf>;

/** A command's own help; of one with many options those that are common, unless all are wanted. */
export function helpText(command: CommandName, width: number, isAll = false): string {
  const { usage, does, example } = commandHelp[command];
  const options = optionsOf(command).filter(([, { flag }]) => flag !== null);
  const isShort = !isAll && options.length > screenOptions;
  const shown = isShort ? options.filter(([key]) => common.has(key)) : options;
  const sections = optionGroups
    .map((group) => section(group, shown, width))
    .filter((text) => text !== '')
    .join(isShort ? '' : '\n');
  const more = isShort
    ? `threadmill ${command} --help --all tells the other ${options.length - shown.length} options.\n`
    : '';
  return `Usage: threadmill ${usage}${options.length > 0 ? ' [options]' : ''}\n  ${does}\n\n${sections}\n${more}Example: ${example}\n`;
}

function section(group: string, options: Options, width: number): string {
  const rows = options.filter(([, row]) => row.group === group).map(([, row]) => optionLine(row));
  return rows.length === 0 ? '' : `${group}\n${table(rows, width)}\n`;
}

function optionLine({
  flag,
  alias,
  kind,
  help,
  default: given,
}: OptionRow<unknown>): readonly [string, string] {
  const value =
    kind.placeholder === null ? '' : flag === 'local' ? `[=${kind.placeholder}]` : ` ${kind.placeholder}`;
  const names = alias === undefined ? `  --${flag}${value}` : `  -${alias}, --${flag}${value}`;
  return [names, given === undefined || given === '' ? help : `${help} [${given}]`];
}

const mostLeft = 34;

/** Two columns; what does not fit beside its name stands below it. */
function table(rows: readonly (readonly [string, string])[], width: number): string {
  const left = Math.min(mostLeft, Math.max(...rows.map(([name]) => name.length)) + 2, Math.floor(width / 2));
  return rows
    .flatMap(([name, text]) => {
      const [first = '', ...more] = wrapped(text, width - left);
      const rest = more.map((line) => ' '.repeat(left) + line);
      return name.length < left
        ? [name.padEnd(left) + first, ...rest]
        : [name, ' '.repeat(left) + first, ...rest];
    })
    .join('\n');
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
