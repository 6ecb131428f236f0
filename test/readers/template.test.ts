import { describe, expect, it } from 'vitest';
import { csv } from '../../src/readers/csv.ts';
import { jsonl } from '../../src/readers/jsonl.ts';
import { parseTemplate } from '../../src/readers/template.ts';
import { faultOf, idsOf, inputsOf, readAll } from './reading.ts';

describe('a template', () => {
  it('names each of its columns once', () => {
    expect(parseTemplate('{{b}} {{ a }}{{b}}').columns).toEqual(['b', 'a']);
  });

  it.each(['no column', 'open {{title', 'empty {{ }}', '{title}'])('that is none is refused: %s', (text) => {
    expect(() => parseTemplate(text)).toThrow(
      `--template: expected text with columns as {{title}}, got ${JSON.stringify(text)}`,
    );
  });

  it('is refused before anything is read', () => {
    expect(() => csv.open(process.stdin, { name: 'qa', template: '{{' })).toThrow('--template: expected');
  });

  it('takes text as it is and other JSON as JSON', async () => {
    const row = '{"a":"{{b}}","b":{"x":[1]},"c":1.5,"d":false}';

    const result = await readAll(jsonl, row, { template: '{{a}}|{{b}}|{{c}}|{{d}}|{{A}}' });

    expect(inputsOf(result)).toEqual(['{{b}}|{"x":[1]}|1.5|false|{{b}}']);
  });

  it('may leave the input column out, whose cell may then be empty', async () => {
    const result = await readAll(csv, 'title,text\nShips,\n', { template: 'On {{title}}' });

    expect(inputsOf(result)).toEqual(['On Ships']);
    expect(result.examples[0]?.metadata).toEqual({ title: 'Ships' });
  });

  it('changes no id', async () => {
    const text = 'prompt,thread,resume\na,t,[true]\nb,,\n';

    const plain = await readAll(csv, text);
    const templated = await readAll(csv, text, { template: 'Say {{prompt}}' });

    expect(idsOf(templated)).toEqual(idsOf(plain));
  });

  it('makes the id of its columns where there is no input column', async () => {
    const id = async (text: string) => idsOf(await readAll(csv, text, { template: '{{title}}: {{body}}' }));

    const first = await id('title,body,note\na,b,c\n');

    expect(await id('note,BODY,Title\nother,b,a\n')).toEqual(first);
    expect(await id('title,body,note\na,x,c\n')).not.toEqual(first);
  });

  it('that gives no prompt is refused with the line', async () => {
    expect(await faultOf(csv, 'title\na\n" "\n', { template: '{{title}}' })).toBe(
      'DatasetError: qa:3: "--template": expected a prompt, saw nothing but blanks',
    );
  });

  it('is refused for a row that lacks one of its fields', async () => {
    expect(await faultOf(jsonl, '{"title":"a"}\n{"title":null}', { template: '{{title}}' })).toBe(
      'DatasetError: qa:2: --template names the column "title", saw no columns; null counts as none: title',
    );
  });

  it('is refused over whole conversations', async () => {
    const fault =
      '--template: expected an input of one prompt, saw the conversations in "turns": leave the template out, or name another column with --input-column';

    expect(await faultOf(csv, 'turns\n"[""a""]"\n', { template: '{{turns}}' })).toBe(
      `DatasetError: qa:1: ${fault}`,
    );
    expect(await faultOf(jsonl, '{"turns":["a"]}', { template: '{{turns}}' })).toBe(
      `DatasetError: qa:1: ${fault}`,
    );
  });
});
