/** Which scorer a dataset's expectations ask for, where nobody named one. Pure. */

import type { Json } from '../types.ts';
import { expectedNumber } from './numeric.ts';
import { isUnknown } from './score.ts';

export interface Pick {
  /** As it would be named; null: none fits, or nothing is expected. */
  readonly scorer: 'assertions' | 'numeric' | 'json' | 'one-of' | 'exact' | null;
  /** Why, for the plan: `all 30 expectations are numbers`. */
  readonly because: string;
}

type Shape = 'number' | 'json' | 'choices' | 'text';

const singular: Readonly<Record<Shape, string>> = {
  number: 'number',
  json: 'JSON value',
  choices: 'array of texts',
  text: 'text',
};
const plural: Readonly<Record<Shape, string>> = {
  number: 'numbers',
  json: 'JSON values',
  choices: 'arrays of texts',
  text: 'texts',
};

/**
 * Picks a scorer that is right for every expectation, never a lax one: a score that is too low is looked into, one that
 * is too high is believed. Is shown each expectation; holds counts alone.
 */
export class Picker {
  private readonly counts = new Map<Shape, number>();
  private holdsObjects = false;

  see(expected: Json): void {
    if (isUnknown(expected)) return;
    const shape = shapeOf(expected);
    this.counts.set(shape, (this.counts.get(shape) ?? 0) + 1);
    this.holdsObjects ||= typeof expected === 'object';
  }

  /** @param column What the expectations' column is called; null: there is none. */
  pick(column: string | null): Pick {
    if (column !== null && /^__expected\d*$/i.test(column.trim())) {
      return { scorer: 'assertions', because: `the column ${column.trim()} holds promptfoo's assertions` };
    }
    return pickFor(this.counts, this.holdsObjects);
  }
}

function pickFor(counts: ReadonlyMap<Shape, number>, holdsObjects: boolean): Pick {
  const shapes = [...counts.keys()];
  const [only, ...others] = shapes;
  if (only === undefined) return { scorer: null, because: 'no example says what it expects' };
  if (others.length === 0) {
    const count = counts.get(only) ?? 0;
    const because =
      count === 1
        ? `the one expectation is ${only === 'choices' ? 'an' : 'a'} ${singular[only]}`
        : `all ${count} expectations are ${plural[only]}`;
    return { scorer: scorers[only], because };
  }
  const told = [...counts]
    .map(([shape, count]) => `${count} ${(count === 1 ? singular : plural)[shape]}`)
    .join(', ');
  if (!shapes.includes('json') && holdsObjects)
    return { scorer: 'one-of', because: `expectations are ${told}` };
  if (!shapes.some((shape) => shape === 'text' || shape === 'number')) {
    return { scorer: 'json', because: `expectations are ${told}` };
  }
  return holdsObjects
    ? {
        scorer: null,
        because: `expectations are of several kinds (${told}), and no scorer compares them all`,
      }
    : { scorer: 'exact', because: `expectations are ${told}` };
}

const scorers = { number: 'numeric', json: 'json', choices: 'one-of', text: 'exact' } as const;

function shapeOf(expected: Json): Shape {
  if (Array.isArray(expected))
    return expected.length > 0 && expected.every((item) => typeof item === 'string') ? 'choices' : 'json';
  if (typeof expected === 'object') return 'json';
  if (typeof expected === 'number') return 'number';
  return typeof expected === 'string' ? textShape(expected.trim()) : 'text';
}

/** A number as people write it; `007` is a name of something. */
const wholeNumber = /^[+\-−]?[$€£¥]?(?:0|[1-9]\d*|[1-9]\d{0,2}(?:,\d{3})+)?(?:\.\d+)?(?:[eE][+-]?\d+)?\s?%?$/;
/** Is the last line such as GSM8K's answers end in? */
function isMarked(text: string): boolean {
  const marker = text.lastIndexOf('####');
  return marker !== -1 && !text.includes('\n', marker);
}

function textShape(text: string): Shape {
  if ((wholeNumber.test(text) || isMarked(text)) && expectedNumber(text) !== null) return 'number';
  if (!/^[[{]/.test(text)) return 'text';
  try {
    return shapeOf(JSON.parse(text) as Json);
  } catch {
    return 'text';
  }
}
