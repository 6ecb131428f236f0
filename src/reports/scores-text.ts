/** Scores and gates as a person reads them at the end. */

import type {
  AgreementFigures,
  RepeatFigures,
  ScoreFigures,
  Share,
  Steadiness,
  Summary,
} from '../summary-types.ts';
import { formatCount } from './figures.ts';
import { indented, type Page, section } from './page.ts';
import { visibleLine } from './terminal.ts';
import { clip, fill, wrap } from './width.ts';

/** A scorer a paragraph: its mean with its interval, what was not scored, and how steady repeats are. */
export function scoresSection({ scores }: Summary, page: Page): string[] {
  const names = Math.min(24, Math.max(12, ...scores.map(({ name }) => name.length)));
  return section(
    'Scores',
    scores.flatMap((figures) => scorerLines(figures, names, page)),
    page,
  );
}

function scorerLines(figures: ScoreFigures, names: number, { width, paint }: Page): string[] {
  const pieces = [...meanOf(figures), ...leftOutOf(figures), ...figures.repeats.flatMap(repeatsOf)];
  const room = width - names - 3;
  const lines = [
    ...fill(
      pieces.map((piece, at) => (at < pieces.length - 1 ? `${piece};` : piece)),
      room,
    ),
    ...steadinessLines(figures.steadiness, room),
    ...(figures.agreement === undefined ? [] : wrap(agreementOf(figures.agreement), room)),
    ...(figures.caution === null ? [] : wrap(visibleLine(figures.caution), room).map(paint.dim)),
  ];
  const [first = '', ...others] = lines;
  return [
    `  ${clip(visibleLine(figures.name), names).padEnd(names)} ${first}`,
    ...indented(others, names + 3),
  ];
}

function meanOf({ mean, interval, examples, failed, mean_errors_as_fail }: ScoreFigures): string[] {
  if (mean === null) return ['nothing was scored'];
  const of = `over ${formatCount(examples)} example${examples === 1 ? '' : 's'}`;
  const told = `${mean.toFixed(3)}${interval === null ? '' : ` (95 %: ${interval.low.toFixed(3)} to ${interval.high.toFixed(3)})`}`;
  const asFail =
    failed > 0 && mean_errors_as_fail !== null ? [`${mean_errors_as_fail.toFixed(3)} with errors as 0`] : [];
  return [`${told} ${of}`, ...asFail];
}

function leftOutOf({ not_scored, failed, interrupted }: ScoreFigures): string[] {
  const parts = [
    [not_scored, 'not scored'],
    [failed, 'failed to run'],
    [interrupted, 'interrupted'],
  ] as const;
  return parts.flatMap(([count, what]) => (count === 0 ? [] : [`${formatCount(count)} ${what}`]));
}

function repeatsOf({ k, pass_at_k, pass_hat_k, left_out }: RepeatFigures): string[] {
  if (k < 2) return [];
  const told = [share(`pass^${k}`, pass_hat_k), share(`pass@${k}`, pass_at_k)].filter(
    (piece) => piece !== null,
  );
  return left_out === 0 ? told : [...told, `${formatCount(left_out)} with fewer than ${k} scored trials`];
}

/** A judge beside people. */
function agreementOf({ kappa, interval, share: agreed, n, unread }: AgreementFigures): string {
  const left =
    unread === 0
      ? ''
      : `; ${unread === 1 ? '1 label is' : `${formatCount(unread)} labels are`} neither pass nor fail`;
  if (agreed === null) return `no answer has both a score and a label${left}`;
  const said = `agrees with people on ${(100 * agreed).toFixed(0)} % of ${formatCount(n)} answers`;
  if (kappa === null) return `${said}, all alike: no κ${left}`;
  const range = interval === null ? '' : ` (95 %: ${interval.low.toFixed(2)} to ${interval.high.toFixed(2)})`;
  return `${said}, Cohen's κ ${kappa.toFixed(2)}${range}${left}`;
}

const share = (name: string, of: Share | null): string | null => of && `${name} ${of.mean.toFixed(3)}`;

function steadinessLines(steadiness: Steadiness | null, room: number): string[] {
  if (steadiness === null) return [];
  const { flaky, broken, flaky_ids, broken_ids } = steadiness;
  return [
    ...idsLines('flaky', flaky, flaky_ids, room),
    ...idsLines('always wrong', broken, broken_ids, room),
  ];
}

function idsLines(what: string, count: number, ids: readonly string[], room: number): string[] {
  if (count === 0) return [];
  const more = count > ids.length ? [`and ${formatCount(count - ids.length)} more`] : [];
  return fill(
    [`${formatCount(count)} ${what}:`, ...ids.map((id) => clip(visibleLine(id), room)), ...more],
    room,
  );
}

/** Each gate a line, those that do not hold first. */
export function gatesSection({ gates }: Summary, page: Page): string[] {
  const { width, paint } = page;
  const lines = [...gates]
    .sort((one, other) => Number(one.holds) - Number(other.holds))
    .flatMap(({ holds, sentence }) => {
      const [first = '', ...others] = wrap(visibleLine(sentence), width - 7);
      const mark = holds ? paint.green('ok') : paint.red('no');
      return [`  ${mark}   ${first}`, ...indented(others, 7)];
    });
  return section('Gates', lines, page);
}
