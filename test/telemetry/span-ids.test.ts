import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runMetadata } from '../../src/agent/request.ts';
import { placeInMetadata, spanId, traceparent } from '../../src/telemetry/span-ids.ts';

const trace = '0af7651916cd43dd8448eb211c80319c';
const count = fc.integer({ min: 1, max: 20 });
const place = fc.record({
  example: fc.string({ maxLength: 4 }),
  trial: count,
  turn: count,
  revision: count,
  attempt: count,
});

it('a request names the span that its record will have', () => {
  fc.assert(
    fc.property(place, (at) => {
      const metadata = runMetadata({ ...at, batch: 'b', input: '' });

      expect(spanId(trace, placeInMetadata(metadata))).toBe(spanId(trace, at));
    }),
  );
});

it('two places have two ids', () => {
  fc.assert(
    fc.property(place, place, (one, other) => {
      const isSame = JSON.stringify(one) === JSON.stringify(other);

      expect(spanId(trace, one) === spanId(trace, other)).toBe(isSame);
    }),
  );
});

it('a traceparent is as W3C has it', () => {
  fc.assert(
    fc.property(place, fc.boolean(), (at, isSampled) => {
      expect(traceparent(trace, spanId(trace, at), isSampled)).toMatch(
        /^00-[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[01]$/,
      );
    }),
  );
});
