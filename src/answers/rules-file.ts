/** The file of `--answers`: rules as YAML or JSON. Pure. */

import { isObject } from '../json.ts';
import { nearest } from '../nearest.ts';
import type { Json, JsonObject } from '../types.ts';
import { readYaml } from '../yaml.ts';
import type { Deed, Rule } from './rules.ts';

const deeds = ['approve', 'reject', 'edit', 'respond', 'answer'] as const;
const fields = ['tool', 'question', ...deeds] as const;

/** A fault, and where in the file: the path of what is wrong. */
interface Fault {
  readonly path: readonly (string | number)[];
  readonly problem: string;
}

/** @param name What to call the file. Gives the rules in order, or every fault with its line. */
export async function readRules(
  text: string,
  name: string,
): Promise<{ readonly rules: readonly Rule[] } | { readonly faults: readonly string[] }> {
  const read = await readYaml(text);
  if ('problem' in read) return { faults: [`${name}:${read.line}: ${read.problem}`] };
  const { value, lineOf } = read;
  const isNamed = isObject(value) && 'rules' in value;
  const list = isNamed ? value['rules'] : value;
  const base = isNamed ? ['rules'] : [];
  const faults: Fault[] = [];
  if (isNamed) {
    for (const key of Object.keys(value)) if (key !== 'rules') faults.push(unknown([key], key, ['rules']));
  }
  const rules: Rule[] = [];
  if (!Array.isArray(list) || list.length === 0) {
    faults.push({
      path: base,
      problem: `expected a list of rules, as "- tool: refund_*", saw ${sort(list)}`,
    });
  } else {
    for (const [at, item] of list.entries()) {
      const rule = readRule(item, [...base, at]);
      if ('deed' in rule) rules.push(rule);
      else faults.push(...rule.faults);
    }
  }
  if (faults.length === 0) return { rules };
  return { faults: faults.map(({ path, problem }) => `${name}:${lineOf(path)}: ${problem}`) };
}

function readRule(item: Json, path: Fault['path']): Rule | { readonly faults: readonly Fault[] } {
  if (!isObject(item)) {
    return {
      faults: [{ path, problem: `expected a rule, as {tool: refund_*, approve: true}, saw ${sort(item)}` }],
    };
  }
  const faults: Fault[] = Object.keys(item)
    .filter((key) => !(fields as readonly string[]).includes(key))
    .map((key) => unknown([...path, key], key, fields));
  const tools = patternsOf(item, 'tool', path, faults);
  const questions = patternsOf(item, 'question', path, faults);
  if (tools.length + questions.length === 0 && faults.length === 0) {
    faults.push({
      path,
      problem: 'expected "tool" (or "question") with the names that the rule is for, saw neither',
    });
  }
  const named = deeds.filter((deed) => deed in item);
  const [deed] = named;
  if (deed === undefined && faults.length > 0) return { faults };
  if (deed === undefined || named.length > 1) {
    const saw = deed === undefined ? 'none' : named.join(' and ');
    faults.push({ path, problem: `expected one of ${deeds.join(', ')} in a rule, saw ${saw}` });
    return { faults };
  }
  const done = readDeed(deed, item[deed] ?? null);
  if (typeof done === 'string') faults.push({ path: [...path, deed], problem: `${deed}: expected ${done}` });
  else if (deed === 'edit' && questions.length > 0) {
    faults.push({
      path: [...path, deed],
      problem: 'edit: expected a rule for tools: a question has no arguments',
    });
  }
  return faults.length > 0 || typeof done === 'string' ? { faults } : { tools, questions, deed: done };
}

/** What is done, or what was expected instead. */
function readDeed(name: (typeof deeds)[number], value: Json): Deed | string {
  switch (name) {
    case 'approve':
      return value === true ? { does: 'approve' } : `true, saw ${sort(value)}`;
    case 'reject':
      if (value === true) return { does: 'reject', message: null };
      return isText(value) ? { does: 'reject', message: value } : `true or why, as text, saw ${sort(value)}`;
    case 'edit':
      return isObject(value) && Object.keys(value).length > 0
        ? { does: 'edit', args: value }
        : `arguments to be set, as {to: test@example.com}, saw ${sort(value)}`;
    case 'respond':
      return isText(value) ? { does: 'respond', message: value } : `a text, saw ${sort(value)}`;
    case 'answer':
      return { does: 'answer', value };
  }
}

function patternsOf(
  item: JsonObject,
  field: 'tool' | 'question',
  path: Fault['path'],
  faults: Fault[],
): readonly string[] {
  const value = item[field];
  if (value === undefined) return [];
  const all = Array.isArray(value) ? value : [value];
  const texts = all.filter(isText);
  if (texts.length === all.length && all.length > 0) return texts;
  faults.push({
    path: [...path, field],
    problem: `${field}: expected a name, or a list of names (* stands for any characters), saw ${sort(value)}`,
  });
  return [];
}

const isText = (value: Json | undefined): value is string => typeof value === 'string' && value.trim() !== '';

function unknown(path: Fault['path'], key: string, known: readonly string[]): Fault {
  const near = nearest(key, known);
  const meant = near === null ? `one of ${known.join(', ')}` : `perhaps ${near}`;
  return { path, problem: `expected ${meant}, saw ${JSON.stringify(key)}` };
}

const sort = (value: Json | undefined): string => {
  if (value === undefined || value === null) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};
