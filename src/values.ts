/** Kinds of option values: what each expects, and how its text is read. All pure. */

import type { LastGood } from './drift-types.ts';
import { type Gate, parseGate } from './gate.ts';
import { compilePath } from './json-path.ts';
import type { Price } from './price.ts';

export interface Kind<T> {
  /** Completes the sentence "expected …". */
  readonly expects: string;
  /** What the help calls the value; `null` for a switch, which takes none. */
  readonly placeholder: string | null;
  /** The value, or undefined where the text is none. */
  readonly parse: (text: string) => T | undefined;
  /** May be given more than once; the values are then a list. */
  readonly repeatable?: boolean;
  /** What is wrong with a text that is no value, where showing it does not say enough. */
  readonly fault?: (text: string) => string | null;
}

const kind = <T>(expects: string, placeholder: string | null, parse: Kind<T>['parse']): Kind<T> => ({
  expects,
  placeholder,
  parse,
});

export const text = (placeholder: string): Kind<string> =>
  kind('some text', placeholder, (value) => (value === '' ? undefined : value));

/** Texts, each given by itself. */
export const texts = (placeholder: string): Kind<string> => ({ ...text(placeholder), repeatable: true });

/** Text that may be empty, and then means "none". */
export const textOrNone = (placeholder: string): Kind<string> => kind('text', placeholder, (value) => value);

/** A command that serves, told by `{port}` where to listen. */
export const serveCommand: Kind<string> = kind(
  "a command with {port} in it, such as 'langgraph dev --port {port}'",
  'command',
  (value) => (value.includes('{port}') ? value : undefined),
);

export const toggle: Kind<boolean> = kind('true or false', null, (value) =>
  value === 'true' ? true : value === 'false' ? false : undefined,
);

export const choice = <const C extends readonly string[]>(...choices: C): Kind<C[number]> =>
  kind(
    choices.length === 1 ? `${choices[0]}` : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`,
    choices.join('|'),
    (value) => choices.find((name) => name === value),
  );

/** One or more of them, with commas between. */
export const choices = <const C extends readonly string[]>(...all: C): Kind<readonly C[number][]> =>
  kind(`one or more of ${all.join(', ')}, with commas between`, 'a,b', (value) => {
    const found = value.split(',').map((part) => all.find((name) => name === part.trim()));
    return found.every((name) => name !== undefined) ? found : undefined;
  });

export const wholeNumber = (least: number, most = Number.MAX_SAFE_INTEGER): Kind<number> =>
  kind(
    `a whole number ${most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`}`,
    'n',
    (value) => {
      const number = Number(value);
      return /^\d+$/.test(value) && number >= least && number <= most ? number : undefined;
    },
  );

const slots = wholeNumber(1, 100_000);

/** How many at once. */
export const concurrency: Kind<number | 'auto'> = kind(`${slots.expects}, or auto`, 'n|auto', (value) =>
  value === 'auto' ? 'auto' : slots.parse(value),
);

/** Reads `500000`, `500k` and `2M`. */
export const tokenCount: Kind<number> = kind('a whole number from 1, such as 500k or 2M', 'n', (value) => {
  const parts = /^(\d+(?:\.\d+)?)([kM]?)$/.exec(value);
  if (parts === null) return undefined;
  const count =
    Math.round(Number(parts[1]) * { '': 1, k: 1e3, M: 1e6 }[parts[2] as '' | 'k' | 'M'] * 1e6) / 1e6;
  return Number.isSafeInteger(count) && count > 0 ? count : undefined;
});

const decimal = /^\d+(\.\d+)?$/;

export const positiveNumber: Kind<number> = kind('a number above 0', 'n', (value) =>
  decimal.test(value) && Number(value) > 0 && Number.isFinite(Number(value)) ? Number(value) : undefined,
);

/** Reads `0.02` and `2%`. */
export const share: Kind<number> = kind('a share from 0 to 1, such as 0.02 or 2%', 'share', (value) => {
  const isPercent = value.endsWith('%');
  const number = decimal.test(isPercent ? value.slice(0, -1) : value) ? Number.parseFloat(value) : Number.NaN;
  const part = isPercent ? number / 100 : number;
  return part <= 1 ? part : undefined;
});

export const shareAboveNone: Kind<number> = {
  ...share,
  expects: 'a share above 0 and below 1, such as 0.02 or 2%',
  parse: (value) => {
    const part = share.parse(value);
    return part !== undefined && part > 0 && part < 1 ? part : undefined;
  },
};

/** Of a model that is asked; `none`: not told, for those that take none. */
export const temperature: Kind<number | 'none'> = kind('a number from 0 to 2, or none', 'n|none', (value) => {
  if (value === 'none') return 'none';
  return decimal.test(value) && Number(value) <= 2 ? Number(value) : undefined;
});

/** Reads `in=3,out=15`: of a million tokens each. */
export const price: Kind<Price> = {
  ...kind('the price of a million tokens, such as in=3,out=15', 'in=n,out=n', (value) => {
    const prices = Object.fromEntries(pricesOf(value));
    if (priceFault(value) !== null) return undefined;
    return { in: Number(prices['in']), out: Number(prices['out']) };
  }),
  fault: priceFault,
};

const pricesOf = (value: string): (readonly [string, string])[] =>
  value.split(',').map((part) => {
    const [name = '', ...amount] = part.split('=');
    return [name.trim(), amount.join('=').trim()] as const;
  });

function priceFault(value: string): string | null {
  const prices = pricesOf(value);
  const unknown = prices.find(([name]) => name !== 'in' && name !== 'out');
  if (unknown !== undefined) return `${JSON.stringify(unknown[0])} is neither in nor out`;
  const bad = prices.find(([, amount]) => !decimal.test(amount) || !Number.isFinite(Number(amount)));
  if (bad !== undefined) return `${bad[0]} is no number from 0`;
  const names = prices.map(([name]) => name);
  if (names.length > new Set(names).size) return `${names[0]} is there twice`;
  const missing = ['in', 'out'].find((name) => !names.includes(name));
  return missing === undefined ? null : `${missing} is missing`;
}

const unitsMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** ms. Reads `90s`, `1.5h`, `1h30m`; a bare number has no unit and is refused. The longest is 365 days. */
export const duration: Kind<number> = kind('a duration such as 500ms, 90s, 10m or 1h', 'time', (value) => {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(value)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    totalMs += Number(amount) * unitsMs[unit as keyof typeof unitsMs];
  }
  return totalMs > 0 && totalMs <= 365 * unitsMs.d ? totalMs : undefined;
});

const unitsBytes = { B: 1, kB: 1_000, MB: 1_000_000, GB: 1_000_000_000 } as const;
/** A record holds an answer up to four times (messages, response, output), and is one text: Node's end at 512 MiB. */
const mostBytes = 128 * unitsBytes.MB;

/** Bytes. Reads `500kB`, `1.5MB`, `0.1GB`; a bare number has no unit and is refused. */
export const byteSize: Kind<number> = kind('a size such as 500kB or 100MB, up to 128MB', 'size', (value) => {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(B|kB|KB|MB|GB)$/.exec(value) ?? [];
  if (unit === undefined) return undefined;
  const bytes = Math.round(
    Number(amount) * unitsBytes[(unit === 'KB' ? 'kB' : unit) as keyof typeof unitsBytes],
  );
  return bytes >= unitsBytes.kB && bytes <= mostBytes ? bytes : undefined;
});

/** Requests per ms. Reads `5/s`, `120/min`, `1000/h`. */
export const rate: Kind<number> = kind('a rate such as 5/s, 120/min or 1000/h', 'n/unit', (value) => {
  const parts = /^(\d+(?:\.\d+)?)\/(s|sec|min|m|h|hour)$/.exec(value);
  if (parts === null) return undefined;
  const [, amount, unit = 's'] = parts;
  const perMs = Number(amount) / (unit.startsWith('s') ? 1_000 : unit.startsWith('m') ? 60_000 : 3_600_000);
  return perMs > 0 ? perMs : undefined;
});

export type MaxErrors = { readonly count: number } | { readonly share: number } | 'none';

export const maxErrors: Kind<MaxErrors> = kind(
  'a whole number from 1, a share such as 5%, or none',
  'n|p%|none',
  (value) => {
    if (value === 'none') return 'none';
    const share = /^(\d+(?:\.\d+)?)%$/.exec(value)?.[1];
    if (share !== undefined) return Number(share) <= 100 ? { share: Number(share) / 100 } : undefined;
    return /^[1-9]\d*$/.test(value) ? { count: Number(value) } : undefined;
  },
);

/** An http(s) URL without query or fragment, its trailing slashes dropped. */
export const url: Kind<string> = kind('a URL such as https://example.us.langgraph.app', 'url', (value) => {
  if (!URL.canParse(value)) return undefined;
  const parsed = new URL(value);
  if (!['http:', 'https:'].includes(parsed.protocol) || parsed.search !== '' || parsed.hash !== '') {
    return undefined;
  }
  return parsed.href.replace(/\/+$/, '');
});

/** `name,name`: no blanks around, none empty. */
export const names: Kind<readonly string[]> = kind('names with commas between them', 'a,b', (value) => {
  const all = value.split(',').map((name) => name.trim());
  return all.every((name) => name !== '') ? all : undefined;
});

export interface Header {
  readonly name: string;
  readonly value: string;
}

/** `Name: value`, as HTTP allows it. */
export const headers: Kind<Header> = {
  repeatable: true,
  expects: 'a header such as "X-User: 42"',
  placeholder: "'Name: value'",
  parse: (value) => {
    const parts = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(value);
    // Visible ASCII, blanks and Latin-1, as undici sends them: anything else would break the request.
    return parts === null || !/^[\t\x20-\x7e\x80-\xff]*$/.test(parts[2] ?? '')
      ? undefined
      : { name: parts[1] ?? '', value: parts[2] ?? '' };
  },
};

/** `mean(exact) >= 0.9`. */
export const gateText: Kind<Gate> = {
  repeatable: true,
  expects: "a condition such as 'mean(exact) >= 0.9'",
  placeholder: "'metric op n'",
  parse: (value) => {
    const gate = parseGate(value);
    return typeof gate === 'string' ? undefined : gate;
  },
  fault: (value) => {
    const gate = parseGate(value);
    return typeof gate === 'string' ? gate : null;
  },
};

export interface Extraction {
  readonly name: string;
  /** JSONPath (RFC 9535), well formed. */
  readonly path: string;
}

/** `name=$.path`. */
export const extractions: Kind<Extraction> = {
  repeatable: true,
  expects: 'a name and a JSONPath such as city=$.address.city',
  placeholder: 'name=$.path',
  parse: (value) => {
    const extraction = extractionIn(value);
    return extraction === null || typeof compilePath(extraction.path) === 'string' ? undefined : extraction;
  },
  fault: (value) => {
    const extraction = extractionIn(value);
    const compiled = extraction === null ? null : compilePath(extraction.path);
    return typeof compiled === 'string' ? compiled : null;
  },
};

function extractionIn(value: string): Extraction | null {
  const [, name, path] = /^\s*([\p{L}_][\p{L}\d_.-]*)\s*=\s*(\$.*)$/su.exec(value) ?? [];
  return name === undefined || path === undefined || name === '__proto__'
    ? null
    : { name, path: path.trimEnd() };
}

/** Which scorers there are is told where they are made. */
export const scorerText: Kind<string> = {
  repeatable: true,
  expects: 'a scorer such as exact or numeric:0.01',
  placeholder: 'name[:argument]',
  parse: (value) => (value.trim() === '' ? undefined : value.trim()),
};

export interface ReportTarget {
  readonly format: string;
  /** Null: stdout. */
  readonly file: string | null;
}

/** `format` or `format=file`. Which formats there are is told where reports are written. */
export const reportTarget: Kind<ReportTarget> = {
  repeatable: true,
  expects: 'a format such as markdown, or one with its file as junit=report.xml',
  placeholder: 'format[=file]',
  parse: (value) => {
    const [format = '', ...file] = value.split('=');
    if (format.trim() === '' || (file.length > 0 && file.join('=') === '')) return undefined;
    return { format: format.trim(), file: file.length > 0 ? file.join('=') : null };
  },
};

const rolled = wholeNumber(2, 100);

/** `previous` and `rolling(7)` are found among the batches beside it; all else is a name, and so is `./previous`. */
export const baseline: Kind<string | LastGood> = kind(
  'a batch, a file, previous or rolling(n) with n from 2 to 100',
  'batch|file|previous|rolling(n)',
  (value) => {
    if (value === 'previous') return { last: 1 };
    const count = /^rolling\((.*)\)$/.exec(value)?.[1];
    if (count !== undefined) {
      const last = rolled.parse(count.trim());
      return last === undefined ? undefined : { last };
    }
    return value === '' || /^(previous|rolling)(\(|$)/.test(value) ? undefined : value;
  },
);

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** `host:port`, of IPv6 `[::1]:9464`; `none`: nowhere. */
export const listenAddress: Kind<ListenAddress | 'none'> = kind(
  'host:port such as 127.0.0.1:9464, or none',
  'host:port',
  (value) => {
    if (value === 'none') return 'none';
    const [, six, four, digits = ''] = /^(?:\[([\da-f:.]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(value) ?? [];
    const host = six ?? four;
    return host === undefined || Number(digits) > 65_535 ? undefined : { host, port: Number(digits) };
  },
);
