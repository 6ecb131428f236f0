import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatRate,
  formatRoughly,
  formatShare,
  formatTimeLeft,
  formatTurns,
} from '../../src/reports/figures.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

describe('figures', () => {
  it('are read in thousands', () => {
    expect([0, 12, 1_319, 12_345_678].map(formatCount)).toEqual(['0', '12', '1,319', '12,345,678']);
    expect([1, 2, 1_319].map(formatTurns)).toEqual(['1 turn', '2 turns', '1,319 turns']);
  });

  it.each([
    [0, '0 ms'],
    [0.53, '0.53 ms'],
    [9.994, '9.99 ms'],
    [9.996, '10.0 ms'],
    [812.4, '812 ms'],
    [999.4, '999 ms'],
    [999.6, '1.00 s'],
    [1_240, '1.24 s'],
    [12_340, '12.3 s'],
    [59_949, '59.9 s'],
    [59_960, '1m 00s'],
    [2 * minute + 3 * second, '2m 03s'],
    [59 * minute + 59.4 * second, '59m 59s'],
    [59 * minute + 59.6 * second, '1h 00m'],
    [hour + 2 * minute, '1h 02m'],
    [23 * hour + 59.6 * minute, '1d 00h'],
    [3 * day + 4 * hour, '3d 04h'],
    [1_234 * day, '1,234d 00h'],
  ])('tell %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it.each([
    [0, '0 s'],
    [11_200, '12 s'],
    [59_100, '1m 00s'],
    [123_000, '2m 03s'],
  ])('tell a rest of %d ms as %s', (ms, text) => {
    expect(formatTimeLeft(ms)).toBe(text);
  });

  it.each([
    [0, 10, '0 %'],
    [10, 10, '100 %'],
    [1, 3, '33.3 %'],
    [1, 100_000, '<0.1 %'],
    [99_999, 100_000, '>99.9 %'],
    [0, 0, '–'],
  ])('tell %d of %d as %s, never as none or all when it is not', (part, whole, text) => {
    expect(formatShare(part, whole)).toBe(text);
  });

  it('tell bytes and rates in the unit that fits', () => {
    expect([0, 512, 999, 1_500, 999_600, 20_000_000].map(formatBytes)).toEqual([
      '0 B',
      '512 B',
      '999 B',
      '1.50 KB',
      '1.00 MB',
      '20.0 MB',
    ]);
    expect([1_319, 12.34, 1, 0.9999, 0.5, 1 / 3_600].map(formatRate)).toEqual([
      '1,300/s',
      '12/s',
      '1.0/s',
      '60/min',
      '30/min',
      '1.0/h',
    ]);
    expect([54_321, 7, 0].map(formatRoughly)).toEqual(['54,000', '7', '0']);
  });
});
