/**
 * Says whether a batch directory is right: reads what is on the disk by its own means and compares it with what was
 * to be asked. Shares no code with the program.
 */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCsv } from './csv.mjs';
import { readJournal } from './journal.mjs';

const ownNames = new Set([
  'batch.json',
  'results.jsonl',
  'results.csv',
  'errors.csv',
  'uncertain.csv',
  'interrupted.csv',
  'summary.json',
  'results.digest',
  'intents.jsonl',
]);

/**
 * Checks a batch that is over.
 * @param asked What should have a record: `{ id, turn, answer }`; `answer` is the right one.
 * @returns Figures, and the faults found: none, if the batch is right.
 */
export async function checkBatch(directory, asked) {
  const faults = [];
  const { records, badLines, tailBytes } = await readJournal(join(directory, 'results.jsonl'));
  if (badLines.length > 0) faults.push(`bad lines ${badLines.slice(0, 5)}`);
  if (tailBytes > 0) faults.push(`${tailBytes} bytes behind the last line`);

  const wanted = new Map(asked.map((each) => [keyOf(each), each]));
  const seen = new Map();
  for (const record of records) seen.set(keyOf(record), [...(seen.get(keyOf(record)) ?? []), record]);
  const lost = [...wanted.keys()].filter((key) => !seen.has(key));
  const twice = [...seen.values()].filter((same) => same.length > 1);
  const strange = [...seen.keys()].filter((key) => !wanted.has(key));
  const successes = records.filter(({ outcome }) => outcome === 'success');
  const wrong = successes.filter((record) => record.response !== wanted.get(keyOf(record))?.answer);
  const uncertain = records.filter(({ failure }) => failure?.uncertain === true);
  if (lost.length > 0) faults.push(`${lost.length} lost, such as ${shown(lost[0])}`);
  if (twice.length > 0) faults.push(`${twice.length} recorded twice, such as ${twice[0][0].id}`);
  if (strange.length > 0) faults.push(`${strange.length} never asked, such as ${shown(strange[0])}`);
  if (wrong.length > 0)
    faults.push(`${wrong.length} wrong answers, such as ${wrong[0].id}: ${wrong[0].response}`);

  faults.push(...(await checkFiles(directory, { asked, records, uncertain })));
  return {
    faults,
    records,
    figures: {
      records: records.length,
      lost: lost.length,
      twice: twice.length,
      right: successes.length - wrong.length,
      errors: records.filter(({ outcome }) => outcome === 'error').length,
      uncertain: uncertain.length,
    },
  };
}

const keyOf = ({ id, turn }) => `${id}\0${turn ?? ''}`;
const shown = (key) => key.replace('\0', ' ');

/** What is made from the journal says the same as the journal. */
async function checkFiles(directory, { asked, records, uncertain }) {
  const faults = [];
  const names = await readdir(directory);
  const left = names.filter((name) => !ownNames.has(name));
  if (left.length > 0) faults.push(`left in the directory: ${left.join(', ')}`);

  const manifest = JSON.parse(await readFile(join(directory, 'batch.json'), 'utf8'));
  if (manifest.state !== 'finished') faults.push(`batch.json says ${manifest.state}`);
  if (manifest.planned !== asked.length) faults.push(`batch.json plans ${manifest.planned}`);

  const rows = await readCsv(join(directory, 'results.csv'));
  const order = asked.map(keyOf).join('\n');
  if (rows.map((row) => keyOf({ id: row.id, turn: row.turn === '' ? null : row.turn })).join('\n') !== order)
    faults.push(`results.csv: ${rows.length} lines, not the dataset's ${asked.length} in order`);
  const byKey = new Map(records.map((record) => [keyOf(record), record]));
  const unlike = rows.filter((row) => !isLike(row, byKey.get(keyOf({ id: row.id, turn: row.turn || null }))));
  if (unlike.length > 0)
    faults.push(`results.csv: ${unlike.length} unlike the journal, such as ${unlike[0].id}`);

  const listed = (await readCsv(join(directory, 'uncertain.csv'))).map(({ id, turn }) => keyOf({ id, turn }));
  if (!sameItems(listed, uncertain.map(keyOf)))
    faults.push(`uncertain.csv lists ${listed.length}, the journal has ${uncertain.length}`);
  const { counts } = JSON.parse(await readFile(join(directory, 'summary.json'), 'utf8'));
  const sum = counts.success + counts.error + counts.interrupted + counts.skipped + counts.not_yet;
  if (sum !== counts.planned) faults.push(`summary.json: counts add up to ${sum} of ${counts.planned}`);
  for (const outcome of ['success', 'error', 'interrupted', 'skipped']) {
    const there = records.filter((record) => record.outcome === outcome).length;
    if (counts[outcome] !== there) faults.push(`summary.json: ${counts[outcome]} ${outcome}, not ${there}`);
  }
  if (counts.uncertain !== uncertain.length) faults.push(`summary.json: ${counts.uncertain} uncertain`);
  return faults;
}

const isLike = (row, record) =>
  record !== undefined && row.outcome === record.outcome && row.response === (record.response ?? '');

const sameItems = (some, others) => [...some].sort().join('\n') === [...others].sort().join('\n');
