/** Turns that scored below 1, as Markdown. */

import { formatCount, formatTurns } from './figures.ts';
import { type LowTurn, type LowTurns, shownScore } from './low-scores.ts';
import { code, firstThatFit, textItems } from './markdown-text.ts';

/** UTF-16 units kept of what others wrote. */
const longest = { id: 100, name: 100, text: 400 } as const;

/** Turns shown at most. */
export const mostLowTurns = 25;

export function lowScoreLines({ count, lowest }: LowTurns): string[] {
  if (count === 0) return [];
  const room = { mostBytes: 250_000, total: count };
  const items = firstThatFit(lowest.map(itemOf), room, (left) => `- and ${formatCount(left)} more, left out`);
  return [`### Scored below 1: ${formatTurns(count)}`, '', ...items];
}

function itemOf({ id, trial, turn, scores, asked, expected, answered }: LowTurn): string {
  const which = [trial === 1 ? '' : `, trial ${trial}`, turn === null ? '' : `, turn ${turn}`].join('');
  const told = scores.map(({ name, value, reason }) => {
    const why = reason === null ? '' : `: ${code(reason, longest.text)}`;
    return `  - ${code(name, longest.name)} **${shownScore(value)}**${why}`;
  });
  return [
    `- ${code(id, longest.id)}${which}`,
    ...textItems({ asked, expected, answered }, longest.text),
    ...told,
  ].join('\n');
}
