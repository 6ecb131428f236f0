import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { csv } from '../../src/readers/csv.ts';
import { CountedIds, DistinctTexts, idsKnownFree } from '../../src/readers/ids.ts';
import { jsonl } from '../../src/readers/jsonl.ts';
import { faultOf, idsOf, readAll } from './reading.ts';

const sha16 = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);

describe('the id of a row without one', () => {
  it('is 16 digits of the SHA-256 of its input, resume and thread as canonical JSON', async () => {
    const rows = [
      '{"prompt":"a \\u00e9 \\ud83d\\ude00"}',
      '{"inputs":{"b":[1,{"d":null,"c":2}],"a":"x","__proto__":1}}',
      '{"prompt":"a","thread":"t","resume":[{"z":1,"y":2}],"expected":"e","id":""}',
      '{"turns":["a","b"]}',
    ];

    expect(idsOf(await readAll(jsonl, rows.join('\n')))).toEqual([
      sha16('{"input":"a é 😀"}'),
      sha16('{"input":{"__proto__":1,"a":"x","b":[1,{"c":2,"d":null}]}}'),
      sha16('{"input":"a","resume":[{"y":2,"z":1}],"thread":"t"}'),
      sha16('{"input":["a","b"]}'),
    ]);
  });

  it('is numbered from the second occurrence', async () => {
    const ids = idsOf(await readAll(csv, 'prompt\na\nb\na\na\nb\n'));

    const [a, b] = [sha16('{"input":"a"}'), sha16('{"input":"b"}')];
    expect(ids).toEqual([a, b, `${a}-2`, `${a}-3`, `${b}-2`]);
  });

  it('stays when expectation and metadata change', async () => {
    const before = idsOf(await readAll(csv, 'prompt,expected,note\na,x,y\n'));
    const after = idsOf(await readAll(csv, 'note,prompt,expected,more\n,a,,z\n'));

    expect(after).toEqual(before);
  });

  it('passes over one that another row has claimed', async () => {
    const a = sha16('{"input":"a"}');

    expect(idsOf(await readAll(csv, `id,prompt\n${a}-2,x\n${a},y\n,a\n`))).toEqual([`${a}-2`, a, `${a}-3`]);
  });

  it('is refused to a later row that claims it', async () => {
    const a = sha16('{"input":"a"}');

    expect(await faultOf(csv, `id,prompt\n,a\n${a},x\n`)).toContain(
      `qa:3: expected an id no other row has, saw "${a}"`,
    );
    expect(await faultOf(csv, `id,prompt\n,a\n,a\n${a}-2,x\n`)).toContain('line 3 has it already');
  });
});

describe('the id of a row that has one', () => {
  it('is its text as it is, and a number its digits', async () => {
    expect(idsOf(await readAll(csv, 'id,prompt\n 007 ,a\nÄ/:,b\n'))).toEqual([' 007 ', 'Ä/:']);
    expect(idsOf(await readAll(jsonl, '{"question_id":81,"text":"a"}\n{"id":1.5,"text":"b"}'))).toEqual([
      '81',
      '1.5',
    ]);
  });

  it('counts as none where it is blank', async () => {
    expect(idsOf(await readAll(csv, 'id,prompt\n  ,a\n'))).toEqual([sha16('{"input":"a"}')]);
  });

  it('may be a name of objects', async () => {
    expect(idsOf(await readAll(csv, 'id,prompt\n__proto__,a\nconstructor,b\n'))).toEqual([
      '__proto__',
      'constructor',
    ]);
  });
});

describe('distinct texts', () => {
  it('are told apart in any number, and known again with the line they were first met in', () => {
    const texts = new DistinctTexts();
    const count = 50_000;

    for (let n = 1; n <= count; n++) texts.meet(`text ${n}`, n);

    expect(texts.size).toBe(count);
    for (let n = 1; n <= count; n += 97) {
      expect(texts.meet(`text ${n}`, 0)).toEqual({ count: 2, firstLine: n });
    }
    expect(texts.size).toBe(count);
  });
});

describe('ids', () => {
  it('of many rows with one content are numbered', () => {
    const ids = new CountedIds('qa');
    const identity = { input: 'a', thread: undefined, resume: undefined };

    let last = '';
    for (let line = 1; line <= 20_000; line++) last = ids.make(identity, line);

    expect(last).toBe(`${sha16('{"input":"a"}')}-20000`);
  });

  it('are the same once they are known to be free', async () => {
    const text = 'id,prompt\nown,a\n,b\n,c\n';
    const bad = 'id,prompt\nown,a\n,b,c\n';

    for (const [given, options] of [
      [text, {}],
      [bad, { skipBadRows: true }],
    ] as const) {
      const counted = await readAll(csv, given, options);
      const known = await readAll(csv, given, { ...options, ids: idsKnownFree });

      expect(idsOf(known)).toEqual(idsOf(counted));
    }
  });
});
