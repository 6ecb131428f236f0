/** What `--extract` takes out of the agent's state. */

import { ConfigError } from '../errors.ts';
import { jsonPathCompiler, oneValue } from '../json-path.ts';
import type { Config } from '../options.ts';
import type { Json, JsonObject } from '../types.ts';

/** Gives each name its value in a state; null where nothing is extracted. @throws ConfigError for each path that is none */
export async function extractionOf({
  extractions,
}: Pick<Config, 'extractions'>): Promise<((state: Json) => JsonObject) | null> {
  if (extractions.length === 0) return null;
  const compile = await jsonPathCompiler();
  const faults: string[] = [];
  const paths = extractions.map(({ name, path }) => {
    const valuesIn = compile(path);
    if (typeof valuesIn !== 'string') return { name, valuesIn };
    faults.push(
      `--extract: expected a JSONPath as in RFC 9535 behind ${name}=, got ${JSON.stringify(path)}: ${valuesIn}`,
    );
    return { name, valuesIn: () => null };
  });
  if (faults.length > 0) throw new ConfigError(faults);
  return (state) => {
    const extracted: JsonObject = {};
    for (const { name, valuesIn } of paths) extracted[name] = oneValue(valuesIn(state));
    return extracted;
  };
}
