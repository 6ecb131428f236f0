import type { ObservedBatch } from '../../src/telemetry/observer.ts';

export const madeObservedBatch = (fields: Partial<ObservedBatch> = {}): ObservedBatch => ({
  id: 'b-1',
  directory: '/results/nightly',
  dataset: 'nightly.csv',
  agent: { url: 'https://agents.example', id: 'a-1', name: 'support', version: '3-1234' },
  mode: 'threaded',
  delivery: 'exactly-once',
  planned: 2,
  left: 2,
  ...fields,
});
