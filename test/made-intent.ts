import type { Intent } from '../src/types.ts';

/** What an earlier start noted. */
export const intentOf = (fields: Partial<Intent>): Intent => ({
  key: 'e-1',
  trial: 1,
  mark: 'made',
  generation: 0,
  thread_id: null,
  turn: 1,
  revision: 1,
  attempt: 1,
  way: 'input',
  ...fields,
});
