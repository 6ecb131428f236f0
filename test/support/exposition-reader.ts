/**
 * Reads Prometheus' text exposition format 0.0.4 as strictly as its description has it
 * (prometheus.io/docs/instrumenting/exposition_formats): what Prometheus would refuse throws here.
 */

export interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ReadFamily {
  readonly type: string;
  readonly help: string;
  readonly samples: ReadSample[];
}

const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/s;
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/y;
const number = /^(?:NaN|[+-]Inf|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)$/;

export function readExposition(text: string): Map<string, ReadFamily> {
  const families = new Map<string, ReadFamily>();
  let current = '';
  let help = '';
  const lines = text.split('\n');
  expectThat(lines.pop() === '', 'the last line ends', text.slice(-40));
  for (const line of lines) {
    const comment = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line);
    if (comment !== null) {
      const [, kind, of = '', rest = ''] = comment;
      expectThat(name.test(of), 'a metric name', line);
      expectThat(!families.has(of), 'one group of lines for each metric', line);
      if (kind === 'HELP') {
        expectThat(/^(?:[^\\]|\\[\\n])*$/.test(rest), 'escapes \\\\ and \\n alone', line);
        help = rest;
        current = of;
      } else {
        expectThat(of === current, 'HELP of the same metric before its TYPE', line);
        expectThat(/^(counter|gauge)$/.test(rest), 'a type', line);
        families.set(of, { type: rest, help, samples: [] });
      }
      continue;
    }
    readSample(line, families.get(current), current);
  }
  return families;
}

function readSample(line: string, family: ReadFamily | undefined, current: string): void {
  const [, of, labelsText, value = ''] = sampleLine.exec(line) ?? [];
  expectThat(of === current && family !== undefined, `a sample of ${current}`, line);
  expectThat(number.test(value), 'a number', line);
  const labels = labelsText === undefined ? {} : readLabels(labelsText, line);
  const same = JSON.stringify(Object.entries(labels).sort());
  const isNew = family?.samples.every((each) => JSON.stringify(Object.entries(each.labels).sort()) !== same);
  expectThat(isNew === true, 'no second sample with the same labels', line);
  family?.samples.push({
    name: current,
    labels,
    value: Number(value.replace('Inf', 'Infinity')),
  });
}

function readLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  label.lastIndex = 0;
  while (label.lastIndex < text.length) {
    const [, key = '', value = ''] = label.exec(text) ?? [];
    expectThat(key !== '' && !key.startsWith('__') && !(key in labels), 'labels, each once', line);
    labels[key] = value.replace(/\\(.)/g, (_, of: string) => (of === 'n' ? '\n' : of));
  }
  return labels;
}

function expectThat(holds: boolean, expected: string, line: string): void {
  if (!holds) throw new Error(`Expected ${expected}, got ${JSON.stringify(line)}`);
}

/** A metric's value where all these labels are. */
export function sampleValue(
  families: ReadonlyMap<string, ReadFamily>,
  metric: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  return families
    .get(metric)
    ?.samples.find((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
    ?.value;
}
