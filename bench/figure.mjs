/** A row of the table, from what was measured. Pure. */

/** Something that is to be at least so much of its yardstick, or at most. */
export const atLeast = (least, value, row) => figure(value, `≥ ${shown(least)}`, value >= least, row);
export const atMost = (most, value, row) => figure(value, `≤ ${shown(most)}`, value <= most, row);
/** Without anything asked: told beside another. */
export const told = (value, row) => figure(value, '', null, row);

/** @param row `what`, `unit`, `beside`: the figures that the value was made of. */
const figure = (value, asked, holds, { what, unit, beside }) => ({
  what,
  asked: asked === '' ? '' : `${asked} ${unit}`,
  measured: `${shown(value)} ${unit}`,
  holds,
  beside,
});

/** Three digits that count. */
export function shown(value) {
  if (value >= 100) return Math.round(value).toLocaleString('en-GB');
  return String(Number(value.toPrecision(value < 1 ? 2 : 3)));
}

export const perSecond = (rows, { wallMs }) => (rows / wallMs) * 1000;
export const cpuUs = (rows, { cpuMs }) => (cpuMs / rows) * 1000;
