import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Lets go of what nobody holds, so that a `WeakRef` tells who is held. */
export async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  // What a WeakRef was made of or asked for lives to the end of the turn.
  await new Promise((resolve) => setImmediate(resolve));
  collect();
}
