/** `--body`: fields that go into every run's request. */

import { readFile } from 'node:fs/promises';
import { ownFields } from '../agent/request.ts';
import { ConfigError } from '../errors.ts';
import type { JsonObject } from '../types.ts';

/** @throws ConfigError */
export async function readBody(path: string | null): Promise<JsonObject> {
  if (path === null) return {};
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new ConfigError(
      `--body: ${path} cannot be read (${error instanceof Error ? error.message : String(error)})`,
    );
  });
  const body = parse(path, text);
  const faults = ownFields
    .filter((field) => field in body)
    .map((field) => `--body: ${path} sets "${field}", which threadmill sets itself`);
  const metadata = body['metadata'];
  if (
    metadata !== undefined &&
    (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata))
  ) {
    faults.push(`--body: ${path}: expected "metadata" to be an object, got ${JSON.stringify(metadata)}`);
  } else {
    const own = Object.keys(metadata ?? {}).filter((key) => key.startsWith('threadmill_'));
    faults.push(...own.map((key) => `--body: ${path} sets metadata "${key}", which threadmill sets itself`));
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return body;
}

function parse(path: string, text: string): JsonObject {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as JsonObject;
  } catch (error) {
    throw new ConfigError(
      `--body: ${path} is no JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  throw new ConfigError(`--body: ${path}: expected a JSON object`);
}
