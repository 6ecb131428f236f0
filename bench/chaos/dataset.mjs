/** Datasets of the bench, with the right answers. */

import { writeFile } from 'node:fs/promises';
import { csvCell } from './csv.mjs';

/** Texts that want quoting, and letters of more than one byte. */
const odd = ['', ', with a comma', ' "quoted"', '\non two lines', ' – ünïcode 漢字 🧵'];

/** Writes so many single questions; `answerTo` is what the server answers. */
export async function writeRows(path, count, answerTo) {
  const asked = Array.from({ length: count }, (_, at) => {
    const question = `question ${at}${odd[at % odd.length]}`;
    return { id: `r-${at}`, turn: null, question, answer: answerTo(question) };
  });
  const lines = asked.map(({ id, question }) => `${id},${csvCell(question)}\n`);
  await writeFile(path, `id,prompt\n${lines.join('')}`);
  return asked;
}
