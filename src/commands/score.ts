/** `threadmill score`: scores a batch's records again; only a judge is asked. */

import { rememberedConfig } from '../config.ts';
import { ConfigError } from '../errors.ts';
import type { Config, OptionKey } from '../options.ts';
import { takeLock } from '../results/lock.ts';
import { createScorers, scoreAll } from '../scorers/index.ts';
import { beginScoring, readNewestScoring } from '../sinks/scores.ts';
import type { Summary } from '../summary-types.ts';
import { type KnownBatch, readBatch } from './batch-config.ts';
import { expectedNow } from './expected-now.ts';
import { endText, namesOf, writeCsvFrom, writeSummary } from './finish.ts';
import type { Io } from './io.ts';
import { assertJudgeAsked } from './judge.ts';
import { indexOf } from './newest-records.ts';
import { journalRows, recordedRows } from './recorded-dataset.ts';
import { writeReports } from './reports.ts';
import { rescored } from './rescored.ts';
import { scoreTable } from './score-table.ts';
import { assertGates, type BatchMeans, makesSense, scorerFacts, scorerMeans } from './scorers.ts';
import { summariseBatch } from './summarise.ts';
import { say } from './tell.ts';

/** Where scores take time, such as a judge's: as many examples at once. */
const examplesAhead = 64;

/**
 * Scores what is recorded by the scorers that are named, else by the batch's own. The newest whole scoring counts, in all
 * files and reports; one that was broken off does not.
 * @param given Options that somebody gave this command.
 * @throws ConfigError, JournalError, SinkError, LockedError
 */
export async function score(
  name: string,
  options: Config,
  given: ReadonlySet<OptionKey>,
  io: Io,
): Promise<Summary> {
  const batch = await readBatch(name, io.cwd);
  const { files, manifest } = batch;
  const config = configOf(batch, options, given);
  const means = await scorerMeans(config, io);
  const texts = textsOf(batch, config, means);
  const scorers = await createScorers(texts, means);
  if (given.has('gates')) assertGates(config, scorers);
  // Of the batch's own gates those on scorers that do not run now say nothing.
  const gates = config.gates.filter((gate) => makesSense(gate, config, scorers));
  await using lock = await takeLock(files.lock);
  const known = await recordedRows(manifest, files);
  const index = await indexOf(batch, known);
  const rows = known ?? (await journalRows(manifest, files, index));
  const before = await readNewestScoring(files.scores);
  const facts = scorerFacts(scorers, texts);
  const writer = await beginScoring(
    files.scores,
    {
      scoring: (before?.facts.scoring ?? 0) + 1,
      started_at: io.runtime.date().toISOString(),
      scorers: facts,
    },
    { ownership: lock },
  );
  const table = scoreTable(facts, config);
  try {
    await means.judge?.begin({
      url: ownUrl(batch, config),
      signal: new AbortController().signal,
      say: (line) => say(io, config, line),
    });
    await using records = rescored(
      { journal: files.journal, index },
      {
        scoring: scoreAll(scorers),
        writer,
        ahead: examplesAhead,
        asked: await expectedNow(batch, config),
      },
    );
    const csv = { excel: config.excel, rawCsv: config.rawCsv, ownership: lock };
    const names = scorers.map((scorer) => scorer.name);
    const extracted = namesOf(config.extractions);
    const sources = { ...rows, records, extracted, scorers: names, onExample: table.add.bind(table) };
    const { rowsToRunAgain } = await writeCsvFrom(sources, files, csv);
    await writer.end(records.count);
    const summary = await summariseBatch(batch, { scores: table.figures(), gates });
    await writeSummary(files, summary, lock);
    for (const note of means.judge?.notes() ?? []) say(io, config, note);
    const canRunAgain = rowsToRunAgain > 0;
    await writeReports({ summary, files, next: [], canRunAgain }, config, io);
    const shown = { io, terminal: io.stderr, canRunAgain };
    if (!config.quiet) io.stderr.write(await endText(summary, files, [], shown));
    return summary;
  } finally {
    await means.judge?.close();
    await writer.close();
  }
}

/** What scores and tells may be given anew; all else is the batch's own. */
function configOf({ manifest }: KnownBatch, options: Config, given: ReadonlySet<OptionKey>): Config {
  const anew = Object.fromEntries([...given].map((key) => [key, options[key]])) as Partial<Config>;
  return { ...rememberedConfig(manifest.settings), ...anew };
}

/** Where an assistant judges that no URL is named for. @throws ConfigError where that was a server of the batch's own. */
function ownUrl({ manifest }: KnownBatch, { judgeAgent, judgeUrl }: Config): string {
  if (judgeAgent !== null && judgeUrl === null && manifest.identity.url === 'local') {
    throw new ConfigError(
      "--judge-agent: the batch's local Agent Server is gone; name another by --judge-url, or start one with threadmill serve",
    );
  }
  return manifest.agent.url;
}

/** Those that are named, else the batch's own. @throws ConfigError where there are none. */
function textsOf({ manifest }: KnownBatch, config: Config, { judge }: BatchMeans): readonly string[] {
  const texts = config.scorers.length > 0 ? config.scorers : (manifest.dataset.scorers?.used ?? []);
  if (texts.length === 0) {
    throw new ConfigError('--scorer: the batch has no scorer of its own: name one, such as --scorer exact');
  }
  assertJudgeAsked(texts, judge);
  return texts;
}
