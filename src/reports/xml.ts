/** Text as XML 1.0 takes it, whatever strangers wrote. */

import { visible } from './terminal.ts';

/** Of the characters that `visible` lets through, XML knows all but these. */
const unknown = /[\uFFFE\uFFFF]/g;

/** As most texts are: nothing in them need be looked at character by character. */
const plain = /^[ !#-%'-;=?-~]*$/;

const legal = (text: string): string =>
  visible(text).replace(unknown, (character) => `\\u${character.charCodeAt(0).toString(16)}`);

/**
 * Text between tags. What XML forbids, and what would be hidden, is written out as `\x1b`; no `<`, `>` or `&` is left,
 * and so no end of a CDATA section either.
 */
export const xmlText = (text: string): string =>
  plain.test(text)
    ? text
    : legal(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Attributes, each behind a blank; those that are null are left out. Their newlines and tabs are kept. */
export function xmlAttributes(attributes: Readonly<Record<string, string | number | null>>): string {
  return Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => ` ${name}="${attributeText(String(value))}"`)
    .join('');
}

/** A parser takes a bare newline or tab in an attribute for a blank. */
const attributeText = (text: string): string =>
  xmlText(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
