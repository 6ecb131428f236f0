/** What `--extract` takes out of the agent's state. */

import { ConfigError } from '../errors.ts';
import { compilePath, oneValue } from '../json-path.ts';
import type { Config } from '../options.ts';
import type { Json, JsonObject } from '../types.ts';

/** Gives each name its value in a state; null where nothing is extracted. @throws ConfigError where a path is none */
export function extractionOf({
  extractions,
}: Pick<Config, 'extractions'>): ((state: Json) => JsonObject) | null {
  if (extractions.length === 0) return null;
  const paths = extractions.map(({ name, path }) => {
    const valuesIn = compilePath(path);
    // A library's user hands in options that nobody has read.
    if (typeof valuesIn === 'string')
      throw new ConfigError(`extractions: ${JSON.stringify(path)}: ${valuesIn}`);
    return { name, valuesIn };
  });
  return (state) => {
    const extracted: JsonObject = {};
    for (const { name, valuesIn } of paths) extracted[name] = oneValue(valuesIn(state));
    return extracted;
  };
}
