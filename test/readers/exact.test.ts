import { describe, expect, it } from 'vitest';
import { csv } from '../../src/readers/csv.ts';
import { jsonl } from '../../src/readers/jsonl.ts';
import { faultOf, readAll } from './reading.ts';

describe('a number of JSON', () => {
  it.each([
    ['12345678901234567890', '12345678901234567890', '12345678901234567000'],
    ['[{"\\"a":9007199254740993}]', '9007199254740993', '9007199254740992'],
    ['-1234567890123456789', '-1234567890123456789', '-1234567890123456800'],
    ['1e999', '1e999', 'Infinity'],
    ['{"a":[1,-1E+400]}', '-1E+400', '-Infinity'],
  ])('that would be changed is refused: %s', async (json, literal, changed) => {
    const fault = `expected numbers that can be read exactly, saw ${literal}, which would be read as ${changed}: put it in quotes`;

    expect(await faultOf(jsonl, `{"prompt":"a","note":${json}}`)).toBe(`DatasetError: qa:1: ${fault}`);
    expect(await faultOf(csv, `inputs\n"{""n"":${json.replaceAll('"', '""')}}"\n`)).toBe(
      `DatasetError: qa:2: ${fault}`,
    );
  });

  it.each([
    '9007199254740991',
    '9007199254740992',
    '70371921794239690',
    '1000000000000000000000',
    '-0',
    '0.30000000000000004',
    '2.0990647502924313e+48',
    '1e100',
    '1e-400',
    '"a\\" 12345678901234567890"',
  ])('that stays itself is read, and digits in text: %s', async (json) => {
    const { examples } = await readAll(jsonl, `{"pad":1000000000000000,"prompt":"a","note":${json}}`);

    expect(examples[0]?.metadata['note']).toEqual(JSON.parse(json));
  });
});
