/** JUnit XML as strict readers take it, read by another's parser. */

import { XMLParser, XMLValidator } from 'fast-xml-parser';

export interface Element {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

type Node = Record<string, unknown>;

/** All that XML 1.0 takes for a character. */
const illegal = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** The document's root. @throws Error where it is no XML. */
export function readXml(text: string): Element {
  const found = illegal.exec(text);
  if (found !== null) throw new Error(`an illegal character at ${found.index}: ${JSON.stringify(found[0])}`);
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new Error(`no XML: ${valid.err.msg} in line ${valid.err.line}`);
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    htmlEntities: true,
    processEntities: { enabled: true, maxTotalExpansions: 1e9, maxExpandedLength: 1e9 },
  });
  const [root, ...more] = (parser.parse(text) as Node[]).map(elementOf).filter((each) => each !== null);
  if (root === undefined || more.length > 1) throw new Error('expected one root');
  return root.tag === '?xml' ? (more[0] ?? root) : root;
}

function elementOf(node: Node): Element | null {
  const tag = Object.keys(node).find((key) => key !== ':@');
  if (tag === undefined || tag === '#text') return null;
  const inside = node[tag] as Node[];
  const texts = inside.flatMap((each) => ('#text' in each ? [String(each['#text'])] : []));
  return {
    tag,
    attributes: (node[':@'] ?? {}) as Record<string, string>,
    children: inside.map(elementOf).filter((each) => each !== null),
    text: texts.join(''),
  };
}

interface Rule {
  readonly needs: readonly string[];
  readonly may: readonly string[];
  readonly children: readonly string[];
  readonly hasText: boolean;
}

const trouble: Rule = { needs: [], may: ['type', 'message'], children: [], hasText: true };
/** What the schema of Jenkins' xunit plugin (junit-10.xsd) allows. */
const rules: Readonly<Record<string, Rule>> = {
  testsuites: {
    needs: [],
    may: ['name', 'time', 'tests', 'failures', 'errors'],
    children: ['testsuite'],
    hasText: false,
  },
  testsuite: {
    needs: ['name', 'tests', 'failures', 'errors'],
    may: ['group', 'time', 'skipped', 'timestamp', 'hostname', 'id', 'package', 'file', 'log', 'url'],
    children: ['testsuite', 'properties', 'testcase', 'system-out', 'system-err'],
    hasText: false,
  },
  properties: { needs: [], may: [], children: ['property'], hasText: false },
  property: { needs: ['name', 'value'], may: [], children: [], hasText: false },
  testcase: {
    needs: ['name'],
    may: ['time', 'classname', 'group'],
    children: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
    hasText: false,
  },
  failure: trouble,
  error: trouble,
  skipped: trouble,
  'system-out': { needs: [], may: [], children: [], hasText: true },
  'system-err': { needs: [], may: [], children: [], hasText: true },
};

/** Each way in which an element breaks the schema, or its totals those of its cases. */
export function faultsOfJunit(element: Element): string[] {
  const rule = rules[element.tag];
  if (rule === undefined) return [`no such element: ${element.tag}`];
  const names = Object.keys(element.attributes);
  const at = `${element.tag} ${element.attributes['name'] ?? ''}`;
  return [
    ...rule.needs.filter((name) => !names.includes(name)).map((name) => `${at}: no ${name}`),
    ...names.filter((name) => ![...rule.needs, ...rule.may].includes(name)).map((name) => `${at}: ${name}`),
    ...element.children.filter(({ tag }) => !rule.children.includes(tag)).map(({ tag }) => `${at} > ${tag}`),
    ...(rule.hasText || element.text.trim() === '' ? [] : [`${at}: text in it`]),
    ...('time' in element.attributes && !/^\d+\.\d{3}$/.test(element.attributes['time'] ?? '')
      ? [`${at}: time`]
      : []),
    ...(element.tag === 'testcase' && element.children.length > 1 ? [`${at}: two outcomes`] : []),
    ...totalFaults(element),
    ...element.children.flatMap(faultsOfJunit),
  ];
}

export const casesOf = (element: Element): Element[] =>
  element.tag === 'testcase' ? [element] : element.children.flatMap(casesOf);

function totalFaults(element: Element): string[] {
  if (!element.tag.startsWith('testsuite')) return [];
  const cases = casesOf(element);
  const having = (tag: string) =>
    cases.filter(({ children }) => children.some((child) => child.tag === tag)).length;
  const seconds = cases.reduce((sum, { attributes }) => sum + Number(attributes['time'] ?? 0), 0);
  const totals = {
    tests: String(cases.length),
    failures: String(having('failure')),
    errors: String(having('error')),
    skipped: String(having('skipped')),
    time: seconds.toFixed(3),
  };
  return Object.entries(totals)
    .filter(([name, total]) => name in element.attributes && element.attributes[name] !== total)
    .map(([name, total]) => `${element.tag}: ${name} is ${element.attributes[name]}, not ${total}`);
}
