/** From a command line to what it does. Each is loaded only when it is asked for. */

import type { CommandName, Config, OptionKey } from '../options.ts';
import type { Log } from '../telemetry/log.ts';
import type { Arguments } from './arguments.ts';
import type { Io } from './io.ts';

/** Does the command of `io.argv` and gives its exit code; tells what went wrong. */
export async function commandLine(io: Io): Promise<number> {
  try {
    const { parseArguments } = await import('./arguments.ts');
    const parsed = parseArguments(io.argv);
    return await runCommand(parsed, io);
  } catch (error) {
    const { toldFailure } = await import('./failed.ts');
    const { text, code } = toldFailure(error);
    io.stderr.write(text);
    return code;
  }
}

/** Finds the options' values, does the command, and gives its exit code. @throws What the command throws. */
async function runCommand({ command, target, second, flags }: Arguments, processIo: Io): Promise<number> {
  if (command === 'init') return (await import('./init.ts')).init(processIo);
  const { readConfigFile, readDotenv } = await import('./environment.ts');
  const { givenOptions, resolveConfig } = await import('../config.ts');
  const dotenv = await readDotenv(processIo.cwd);
  const file = await readConfigFile(flags['config'] as string | undefined, processIo.cwd);
  const sources = { flags, env: processIo.env, dotenv, file };
  const config = resolveConfig(command, sources);
  const { loggedIo } = await import('./logged.ts');
  const io = await loggedIo(config, { ...processIo, env: { ...dotenv, ...processIo.env } });
  const given = () => givenOptions(command, sources);
  const doing = does({ command, target, second }, config, given, io);
  return io.log === undefined ? doing : logFailure(doing, io.log);
}

/** As `commandLine` tells it, as a line of the log. */
const logFailure = (doing: Promise<number>, log: Log): Promise<number> =>
  doing.catch(async (error: unknown) => {
    const { toldFailure } = await import('./failed.ts');
    const { text, code } = toldFailure(error);
    log.write('error', 'failed', { exit_code: code, message: text.trim() });
    return code;
  });

/** `init` has no options yet. */
type Asked = Pick<Arguments, 'target' | 'second'> & { readonly command: Exclude<CommandName, 'init'> };

async function does(
  { command, target, second }: Asked,
  config: Config,
  given: () => ReadonlySet<OptionKey>,
  io: Io,
): Promise<number> {
  switch (command) {
    case 'run':
      return (await (await import('./run.ts')).run(target ?? '', config, io))?.verdict.exit_code ?? 0;
    case 'retry': {
      const { retry } = await import('./retry.ts');
      const summary = await retry(target ?? '', config, given(), io);
      return summary?.verdict.exit_code ?? 0;
    }
    case 'score':
      return (await (await import('./score.ts')).score(target ?? '', config, given(), io)).verdict.exit_code;
    case 'answer': {
      const { answer } = await import('./answer.ts');
      const summary = await answer({ batch: target ?? '', decisions: second ?? '' }, config, given(), io);
      return summary?.verdict.exit_code ?? 0;
    }
    case 'clean':
      return (await import('./clean.ts')).clean(target ?? '', config, given(), io);
    case 'check':
      return (await import('./check.ts')).check(config, io);
    case 'report':
      return (await import('./report.ts')).report(target ?? '', config, io);
    case 'compare':
      return (await import('./compare.ts')).compare([target ?? '', second ?? ''], config, io);
    case 'plan':
      return (await import('./sizing.ts')).sizing(target ?? '', config, io);
    case 'serve':
      return (await import('./serve.ts')).serve(target, config, io);
    case 'schedule':
      return (await import('./schedule.ts')).schedule(target ?? '', config, io);
  }
}
