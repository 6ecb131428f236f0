import { type Manifest, manifestFormat } from '../../src/results/manifest.ts';

export function madeManifest(fields: Partial<Manifest> = {}): Manifest {
  return {
    format: manifestFormat,
    id: 'b-1',
    state: 'stopped',
    started_at: '2026-11-22T12:00:00.000Z',
    finished_at: null,
    dataset: {
      path: '/data/qa.csv',
      format: 'csv',
      size: 100,
      mtime_ms: 1,
      sha256: 'abc',
      examples: 3,
      badRows: 0,
      turns: 3,
      conversations: 0,
      columns: ['prompt'],
      roles: { input: 'prompt', id: null, thread: null, expected: null, expectedTools: null, resume: null },
    },
    agent: { url: 'http://127.0.0.1:2024', id: 'a-1', name: null, graph: null, version: '1' },
    identity: {
      url: 'http://127.0.0.1:2024',
      agent: 'agent',
      mode: 'threaded',
      delivery: 'exactly-once',
      inputs: { '--template': null, '--body': { config: { a: 1, b: 2 } }, '--skip-bad-rows': false },
    },
    selection: { limit: null, offset: 0, sample: null, seed: 0, ids: null, repeat: 1 },
    planned: 3,
    settings: {},
    starts: [],
    ...fields,
  };
}
