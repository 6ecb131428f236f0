/** `${VAR}` in a file of schedules, taken from the environment. Pure. */

import { isObject } from '../json.ts';
import type { Json } from '../types.ts';
import type { Faults, Path } from './faults.ts';

/** `run` takes them itself: so what is secret stands in no command line. */
const leftToRun = 'header';

/** The value with each text's variables put in; one that is not set is a fault. */
export function expandVariables(
  value: Json,
  env: Readonly<Record<string, string | undefined>>,
  faults: Faults,
  path: Path = [],
): Json {
  if (typeof value === 'string') {
    return value.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
      const found = Object.hasOwn(env, name) ? env[name] : undefined;
      if (found === undefined || found === '')
        faults.add(path, `${path.at(-1)}: expected the environment variable ${name} to be set, it is not`);
      return found ?? '';
    });
  }
  if (Array.isArray(value)) return value.map((item, at) => expandVariables(item, env, faults, [...path, at]));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === leftToRun ? item : expandVariables(item, env, faults, [...path, key]),
    ]),
  );
}
