/** `docs/performance.md`, from the figures that were kept. Pure. */

import { shownMachine } from './machine.mjs';

const head = `# Performance

Made by the benchmark, not by hand; run it on your own machine:

\`\`\`
npm run bench                              # everything: about two hours, and 40 GB of disk
npm run bench -- --quick                   # small sizes: does it run?
npm run bench -- --only stateless --rows 20000
npm run bench -- --help
\`\`\`

Each figure is a ratio to a yardstick that was measured in the same run, in turns (A B A B), each a process of its own from
its start to its end; medians. Server and client share the machine's cores. Everything durable, \`results.csv\` written,
answers of 300 bytes unless said. After each run the bench counts the records and reads the counts of \`summary.json\`.

- **The server** is a program of ours over bare sockets, in a process of its own: it answers at once, after a set delay, or
  token by token. The local Agent Server has a floor of half a second a run and could show no speed.
- **The bare loop** sends the rows by undici's \`Pool.request\`, reads the answers as text and throws them away. It writes
  nothing and checks nothing.
- **Scripts** over the LangGraph SDK and the built-in \`fetch\` write each answer as a line of JSONL. How many at once is
  held by a loop of ten lines, which costs less than p-map and p-limit.
- **promptfoo** is installed only by \`--promptfoo\`, into a temporary directory.
- **The floor**: \`node bench/stages.mjs\` measures each stage of a row alone; [speed](design/speed.md) has what they came to.

`;

/** @param measurements All there are. @param kept What was measured, by name. */
export function pageOf(measurements, kept) {
  const sections = measurements.map((each) => sectionOf(each, kept[each.name]));
  return `${head}${sections.join('\n')}`;
}

function sectionOf({ name, tells }, measured) {
  const title = `## ${name}: ${tells}\n\n`;
  if (measured === undefined) return `${title}Not measured yet.\n`;
  const { command, day, machine, smaller = {}, figures } = measured;
  const less = Object.entries(smaller).map(([size, asked]) => `${size} ${asked.toLocaleString('en-GB')}`);
  const warning = less.length === 0 ? '' : ` **Smaller than what is asked** (${less.join(', ')}).`;
  // The bench itself is not in the load before it.
  const busy =
    machine.load > machine.cores ? ' **Others were at work**: wall times say little, ratios more.' : '';
  const lines = figures.map(
    ({ what, asked, measured: value, holds, beside }) =>
      `| ${what} | ${asked || '–'} | ${value}${holds === false ? ' **missed**' : ''} | ${beside || '–'} |`,
  );
  return `${title}\`${command}\`, ${day}. ${shownMachine(machine)}; load before it ${machine.load}.${warning}${busy}

| what | asked | measured | ours, theirs |
| --- | --- | --- | --- |
${lines.join('\n')}
`;
}
