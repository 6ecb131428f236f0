/**
 * Does `numeric` count exactly the answers that were made right? Reads GSM8K's test questions, replays agents whose every
 * answer is known to be right or wrong, in the forms that models write, and tells each answer that was judged otherwise.
 *
 *   npm run build && node bench/gsm8k.mjs gsm8k-test.jsonl
 */

import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { formatOf, openDataset } from '../dist/index.js';
import { createScorers, Picker } from '../dist/scorers/index.js';

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('Expected the path of gsm8k-test.jsonl');

const grouped = (text) => text.replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** How a right answer is written. @param n Its digits, perhaps with a sign. */
const right = [
  (n) => n,
  (n) => `The answer is ${n}.`,
  (n) => `First 3 + 4 = 7, then so on. So it is **${grouped(n)}**.`,
  (n) => `She makes $${grouped(n)} every day.`,
  (n) => `$${n}.00`,
  (_, solution) => solution,
  (n) => `\\boxed{${n}}`,
  (n) => `It takes 12 days and ${n} hours`,
  (n) => `${n} 🎉`,
  (n) => `#### ${n}\nI checked it twice.`,
];
/** How a wrong one is. */
const wrong = [
  (n) => String(BigInt(n) + 1n),
  (n) => `The answer is ${n}0.`,
  (n) => `It is ${n} at first, and ${BigInt(n) + 2n} at last.`,
  (n) => `$${n}.5`,
  () => 'I do not know.',
  () => '',
  (n) => `#### ${BigInt(n) - 1n}`,
  (n) => `x${n}`,
  (n) => String(-BigInt(n) - 1n),
  (n) => `${n}1 apples`,
];

const examples = [];
const picker = new Picker();
for await (const example of openDataset(createReadStream(path), formatOf(path), { name: basename(path) })) {
  examples.push(example);
  picker.see(example);
}
const picked = picker.pick('answer');
const [{ scorer }] = await createScorers(picked.scorers, { price: null });
process.stdout.write(`${examples.length} questions, ${picked.scorers} (${picked.because})\n`);

const misjudged = [];
/** @param isRight Of a question, by its place. */
async function replay(name, isRight) {
  let [made, counted] = [0, 0];
  for (const [at, { id, expected }] of examples.entries()) {
    const number = String(expected).split('####').at(-1).trim().replaceAll(',', '');
    const forms = isRight(at) ? right : wrong;
    // The form moves on by one with each question and with each round of them.
    const response = forms[(at + Math.floor(at / 10)) % forms.length](number, expected);
    const { value, reason } = await scorer.score({ outcome: 'success', response, expected });
    made += isRight(at) ? 1 : 0;
    counted += value === 1 ? 1 : 0;
    if (value !== (isRight(at) ? 1 : 0)) misjudged.push({ id, expected: number, response, value, reason });
  }
  process.stdout.write(`${name}: ${made} made right, ${counted} counted\n`);
}

await replay('all right', () => true);
await replay('none right', () => false);
await replay('every second', (at) => at % 2 === 0);
await replay('every seventh wrong', (at) => at % 7 !== 0);
for (const each of misjudged.slice(0, 20)) process.stdout.write(`misjudged: ${JSON.stringify(each)}\n`);
process.stdout.write(`${misjudged.length} of ${4 * examples.length} misjudged\n`);
process.exitCode = misjudged.length === 0 ? 0 : 1;
