import { RowProblem } from './rows.ts';

/** Only a number of so many digits, or of such an exponent, can be another one once it is read. */
const mayBeInexact = /\d{16}|[eE]\+?\d{3}/;
const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const whole = /^-?\d+$/;

/**
 * Refuses JSON with a number that JavaScript would change, such as a long id: it must be written as text.
 * Decimal fractions are rounded to the nearest there is, as everywhere.
 * @throws RowProblem
 */
export function refuseInexact(json: string): void {
  if (!mayBeInexact.test(json)) return;
  let isInText = false;
  for (let at = 0; at < json.length; at++) {
    const character = json.charAt(at);
    if (character === '\\') at++;
    else if (character === '"') isInText = !isInText;
    else if (!isInText && character !== ' ') {
      number.lastIndex = at;
      const literal = number.exec(json)?.[0];
      if (literal === undefined) continue;
      if (isChanged(literal)) throw inexact(literal);
      at += literal.length - 1;
    }
  }
}

function isChanged(literal: string): boolean {
  const value = Number(literal);
  if (!Number.isFinite(value)) return true;
  return whole.test(literal) && String(value) !== literal && BigInt(value) !== BigInt(literal);
}

function inexact(literal: string): RowProblem {
  const saw = `${literal}, which would be read as ${Number(literal)}`;
  return new RowProblem(`expected numbers that can be read exactly, saw ${saw}: put it in quotes`);
}
