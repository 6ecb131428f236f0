/** Which scorers a dataset's expectations ask for, where nobody named one. Pure. */

import { isUnknown } from '../expectation.ts';
import type { Example, Json } from '../types.ts';
import { expectedNumber } from './numeric.ts';

export interface Picked {
  /** As they would be named; none fits, or nothing is expected. */
  readonly scorers: readonly string[];
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
 * is too high is believed; and `tools` where tools are expected. Is shown each example; holds counts alone.
 */
export class Picker {
  private readonly counts = new Map<Shape, number>();
  private withTools = 0;
  private holdsObjects = false;

  see({ expected, expectedTools }: Pick<Example, 'expected' | 'expectedTools'>): void {
    if (expectedTools !== undefined) this.withTools += 1;
    if (isUnknown(expected)) return;
    const shape = shapeOf(expected);
    this.counts.set(shape, (this.counts.get(shape) ?? 0) + 1);
    this.holdsObjects ||= typeof expected === 'object';
  }

  /** @param column What the expectations' column is called; null: there is none. */
  pick(column: string | null): Picked {
    const answer = holdsAssertions(column)
      ? { scorer: 'assertions', because: `the column ${column?.trim()} holds promptfoo's assertions` }
      : pickFor(this.counts, this.holdsObjects);
    const { withTools } = this;
    const scorers = [answer.scorer, withTools > 0 ? 'tools' : null].filter((scorer) => scorer !== null);
    if (withTools === 0) return { scorers, because: answer.because };
    const tools = withTools === 1 ? 'one example expects tools' : `${withTools} examples expect tools`;
    return { scorers, because: this.counts.size === 0 ? tools : `${answer.because}; ${tools}` };
  }
}

/** @param column What the expectations' column is called; null: there is none. */
export const holdsAssertions = (column: string | null): boolean =>
  column !== null && /^__expected\d*$/i.test(column.trim());

interface AnswerPick {
  readonly scorer: 'assertions' | 'numeric' | 'json' | 'one-of' | 'exact' | null;
  readonly because: string;
}

function pickFor(counts: ReadonlyMap<Shape, number>, holdsObjects: boolean): AnswerPick {
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
