import { describe, expect, it } from 'vitest';
import { createLoose } from '../src/loose.ts';
import type { Intent } from '../src/types.ts';
import { intentOf } from './made-intent.ts';

const note = (mark: Intent['mark'], fields: Partial<Intent> = {}) =>
  intentOf({ key: 'id:a', mark, attempt: 0, ...fields });

function seen(intents: readonly Intent[], at: number | null = 7) {
  const loose = createLoose();
  for (const intent of intents) loose.see(intent, at);
  return loose;
}

describe('loose threads', () => {
  it('are those given up and those whose making got lost, each generation once', () => {
    const loose = seen([
      note('made'),
      note('abandoned', { thread_id: 'th-0' }),
      note('abandoned', { thread_id: 'th-0' }),
      note('doubtful', { generation: 1, attempt: 2 }),
      note('made', { generation: 1, thread_id: 'th-1' }),
      note('closed', { generation: 1, thread_id: 'th-1' }),
    ]);

    expect(loose.all).toEqual([
      { key: 'id:a', trial: 1, generation: 0, thread_id: 'th-0', isGivenUp: true, isInUse: false },
      { key: 'id:a', trial: 1, generation: 1, thread_id: null, isGivenUp: false, isInUse: false },
    ]);
    expect([loose.lastAt, loose.wereBefore]).toEqual([7, false]);
  });

  it('are not given up where a run was found on them after all', () => {
    const loose = seen([note('abandoned'), note('made')]);

    expect(loose.all.map(({ isGivenUp }) => isGivenUp)).toEqual([false]);
  });

  it('stay given up where their making got lost too', () => {
    const loose = seen([note('abandoned'), note('doubtful', { attempt: 1 })]);

    expect(loose.all.map(({ isGivenUp }) => isGivenUp)).toEqual([true]);
  });

  it('of earlier starts are told apart: when they came is not known', () => {
    const loose = seen([note('abandoned')], null);

    expect([loose.lastAt, loose.wereBefore]).toEqual([null, true]);
  });

  it('of a start that was killed were asked for before this one', () => {
    const loose = seen([note('doubtful')], 7);

    expect([loose.all.length, loose.lastAt, loose.wereBefore]).toEqual([1, null, true]);
  });

  it('are in use while the job that goes on with one is not over', () => {
    const made = [note('doubtful', { attempt: 1 }), note('made')];

    expect(seen(made).all.map(({ isInUse }) => isInUse)).toEqual([true]);
    expect(seen([...made, note('closed')]).all.map(({ isInUse }) => isInUse)).toEqual([false]);
  });

  it('are none of a batch that lost nothing', () => {
    expect(seen([note('made'), note('sent', { turn: 1, attempt: 1 }), note('closed')]).all).toEqual([]);
  });
});
