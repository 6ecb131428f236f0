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

/** Writes conversations, their rows interleaved; the right answers of `counted`, which tells each turn's number. */
export async function writeConversations(path, conversations, turns) {
  const asked = [];
  for (let turn = 1; turn <= turns; turn += 1) {
    for (let thread = 0; thread < conversations; thread += 1) {
      const question = `turn ${turn} of ${thread}${odd[(thread + turn) % odd.length]}`;
      asked.push({
        id: `c-${thread}-${turn}`,
        thread: `c-${thread}`,
        turn,
        question,
        answer: `${turn}: ${question}`,
      });
    }
  }
  const lines = asked.map(({ id, thread, question }) => `${id},${thread},${csvCell(question)}\n`);
  await writeFile(path, `id,thread,prompt\n${lines.join('')}`);
  return asked;
}
