/** Sixty turns, right and wrong in known ways, with their messages as a local and as a deployed server sends them. */

import { type ToolsOptions, toolsDefaults } from '../../src/scorers/trajectory/score.ts';
import type { ExpectedTool, Json, JsonObject } from '../../src/types.ts';
import { type Flavour, storedMessage } from '../support/server-messages.ts';
import { call, type Form, human, step, turn } from './trajectory-messages.ts';

export interface MadeTrajectory {
  readonly title: string;
  readonly expected: readonly ExpectedTool[];
  readonly options: ToolsOptions;
  readonly input: Json;
  readonly messages: readonly Json[];
  /** What its reason says; null: it passes. */
  readonly because: RegExp | null;
}

const look = (order: Json = 17) => call('lookup_order', { order });
const refund = (order: Json = 17, amount: Json = 9.5) => call('refund', { order, amount });
const mail = (to = 'ann@example.com') => call('mail', { to, text: 'Your refund of 9.50 is on its way.' });
const expected: readonly ExpectedTool[] = [
  { name: 'lookup_order', args: { order: 17 } },
  { name: 'refund', args: { order: 17, amount: 9.5 } },
];
const names = ['lookup_order', 'refund'];

interface Case {
  readonly title: string;
  readonly messages: readonly Json[];
  readonly because: RegExp | null;
  readonly expected?: readonly ExpectedTool[];
  readonly options?: Partial<ToolsOptions>;
  readonly input?: Json;
}

const right = (title: string, messages: readonly Json[], more: Partial<Case> = {}): Case => ({
  title,
  messages,
  because: null,
  ...more,
});
const wrong = (
  title: string,
  because: RegExp,
  messages: readonly Json[],
  more: Partial<Case> = {},
): Case => ({
  title,
  messages,
  because,
  ...more,
});

/** In the form of each server: fourteen, right and wrong. */
const inFlavour = (form: Flavour): readonly Case[] => [
  right('the calls expected', turn(form, [look()], [refund()])),
  right('by name alone', turn(form, [look(3)], [refund(4)]), { expected: names }),
  right('two at once, in the order expected', turn(form, [look(), refund()])),
  right('any order where that is asked', turn(form, [refund()], [look()]), {
    options: { mode: 'unordered' },
  }),
  right('others between them, for a subsequence', turn(form, [look()], [mail()], [refund()]), {
    options: { mode: 'subsequence' },
  }),
  right(
    'a failed call made again, failed ones left out',
    turn(form, [{ ...look(), result: 'failed' }], [look()], [refund()]),
    {
      options: { failed: 'left-out' },
    },
  ),
  right('none, where none may be called', turn(form), { expected: [] }),
  wrong(
    'a wrong tool in the place of a right one',
    /1 missing, 1 not expected[\s\S]*\+ cancel/,
    turn(form, [look()], [call('cancel', { order: 17, amount: 9.5 })]),
  ),
  wrong('a call missing', /1 missing, of 1 call\n[\s\S]*- refund/, turn(form, [look()])),
  wrong(
    'a call more',
    /1 not expected, of 3 calls\n[\s\S]*\+ mail/,
    turn(form, [look()], [refund()], [mail()]),
  ),
  wrong('the other way round', /1 in another place, of 2 calls/, turn(form, [refund()], [look()])),
  wrong(
    'other arguments',
    /~ refund\(order: 17, amount: 95\): expected amount: 9.5/,
    turn(form, [look()], [refund(17, 95)]),
  ),
  wrong('one, where none may be called', /\+ lookup_order\(order: 17\): not expected/, turn(form, [look()]), {
    expected: [],
    options: { mode: 'superset' },
  }),
  wrong(
    'a failed call made again, all counted',
    /lookup_order\(order: 17\), which failed/,
    turn(form, [{ ...look(), result: 'failed' }], [look()], [refund()]),
  ),
];

const aiWith = (fields: JsonObject): Json[] => [human('local', 'x'), { type: 'ai', content: '', ...fields }];
const invalid = { name: 'refund', args: '{"order": 17,', id: 'bad', error: 'cut', type: 'invalid_tool_call' };
const own = (message: JsonObject): Json[] => [...turn('local', [look()], [refund()]), message];
const twin = storedMessage({ type: 'ai', content: '', tool_calls: [look()] as unknown as Json }, 'local');
const sent = (form: Form): Json[] => [
  human(form, 'earlier'),
  ...step(form, [{ ...mail(), id: 'sent-1' }]),
  human(form, 'Refund.'),
];

/** The forms of providers and of serialisers, as agents put them into their states. */
const inOtherForms: readonly Case[] = [
  right("OpenAI's form, arguments as text", turn('openai', [look()], [refund()])),
  wrong("OpenAI's form, a wrong tool", /\+ mail/, turn('openai', [look()], [mail()])),
  wrong(
    "OpenAI's form, wrong arguments in the text",
    /~ lookup_order\(order: 18\): expected order: 17/,
    turn('openai', [look(18)], [refund()]),
  ),
  right("Anthropic's form, calls as blocks", turn('anthropic', [look()], [refund()])),
  wrong(
    "Anthropic's form, a call more",
    /1 not expected, of 3 calls/,
    turn('anthropic', [look(), refund()], [mail()]),
  ),
  wrong(
    "Anthropic's form, a failed call counted twice",
    /lookup_order\(order: 17\), which failed/,
    turn('anthropic', [{ ...look(), result: 'failed' }], [look()], [refund()]),
  ),
  right('serialised messages', turn('serialised', [look()], [refund()])),
  wrong('serialised messages, a wrong tool', /\+ mail/, turn('serialised', [look()], [mail()])),
  right('stored messages', turn('stored', [look(), refund()])),
  wrong('stored messages, a call missing', /- refund/, turn('stored', [look()])),
  right(
    'raw calls under additional_kwargs',
    aiWith({
      additional_kwargs: {
        tool_calls: [{ id: 'a', function: { name: 'refund', arguments: '{"order":17}' } }],
      },
    }),
    { expected: [{ name: 'refund', args: { order: 17 } }] },
  ),
  right(
    'an old function_call',
    aiWith({ additional_kwargs: { function_call: { name: 'refund', arguments: '' } } }),
    { expected: [{ name: 'refund', args: {} }] },
  ),
  wrong(
    'a provider’s own tool besides',
    /\+ web_search\(\)/,
    aiWith({ content: [{ type: 'server_tool_use', id: 's', name: 'web_search', input: {} }] }),
    { expected: [] },
  ),
];

const inOddShapes: readonly Case[] = [
  wrong(
    'a message of an unknown type',
    /message 7 \(of type "hologram"\)/,
    own({ type: 'hologram', content: '' }),
  ),
  wrong('a message without a type', /message 7 \(without a type\)/, own({ content: '' }), {
    options: { mode: 'superset' },
  }),
  wrong(
    'calls that are no list',
    /message 7 calls tools in an unknown shape/,
    own({ type: 'ai', content: '', tool_calls: { name: 'mail' } }),
    {
      options: { mode: 'superset' },
    },
  ),
  wrong(
    'a call without a name',
    /message 7 calls tools in an unknown shape/,
    own({ type: 'ai', content: '', tool_calls: [{ args: {} }] }),
    {
      options: { mode: 'superset' },
    },
  ),
  wrong(
    'calls on a human message',
    /message 7 \(of type "human"\)/,
    own({ type: 'human', content: '', tool_calls: [{ name: 'mail', args: {} }] }),
  ),
  wrong(
    'an answer to a call that is nowhere',
    /message 7 answers a call that no message makes/,
    own({ type: 'tool', name: 'mail', content: '', tool_call_id: 'gone' }),
    { options: { mode: 'subset' } },
  ),
  wrong(
    'a call that could not be read',
    /which cannot be read and never ran/,
    aiWith({ invalid_tool_calls: [invalid] }),
    { expected: ['refund'] },
  ),
  wrong('no message at all', /holds no messages/, [], { expected: [], input: 'x' }),
  right(
    'calls without ids',
    turn(
      'local',
      [call('lookup_order', { order: 17 }, { id: null })],
      [call('refund', { order: 17, amount: 9.5 }, { id: null })],
    ),
  ),
  wrong(
    'the same call twice without ids',
    /1 not expected, of 2 calls/,
    turn(
      'local',
      [call('lookup_order', { order: 17 }, { id: null })],
      [call('lookup_order', { order: 17 }, { id: null })],
    ),
    { expected: ['lookup_order'] },
  ),
  right('a message that a subgraph left twice', [...turn('local'), twin, twin], {
    expected: ['lookup_order'],
  }),
  right('few-shot calls that the input sent', [...sent('local'), ...turn('local', [look()], [refund()])], {
    input: { messages: sent('openai') },
  }),
  wrong(
    'a call like one that the input sent',
    /\+ mail/,
    [...sent('local'), ...turn('local', [look()], [refund()], [mail()])],
    { input: { messages: sent('openai') } },
  ),
  right('calls that wait for a human', turn('deployed', [look()], [{ ...refund(), result: 'none' }])),
];

const withRules: readonly Case[] = [
  right('parallel calls in any order, where that is asked', turn('deployed', [refund(), look()]), {
    options: { parallel: 'free' },
  }),
  wrong(
    'parallel calls the other way round',
    /1 in another place, of 2 calls/,
    turn('local', [refund(), look()]),
  ),
  wrong(
    'a forbidden tool, though others may be called',
    /^mail\(.*is forbidden/,
    turn('local', [look()], [refund()], [mail()]),
    {
      options: { mode: 'superset', forbidden: ['mail'] },
    },
  ),
  right('handoffs that are not compared', turn('local', [call('transfer_to_desk')], [look()], [refund()]), {
    options: { ignored: ['transfer_to_*'] },
  }),
  right('matchers that fit several calls, given to the right ones', turn('local', [look(18)], [look(17)]), {
    expected: [
      { name: 'lookup_order', args: { order: { $any: true } } },
      { name: 'lookup_order', args: { order: 18 } },
    ],
    options: { mode: 'unordered' },
  }),
];

export const madeTrajectories: readonly MadeTrajectory[] = [
  ...(['local', 'deployed'] as const).flatMap((form) =>
    inFlavour(form).map((one) => ({ ...one, title: `${form}: ${one.title}` })),
  ),
  ...inOtherForms,
  ...inOddShapes,
  ...withRules,
].map((one) => ({
  title: one.title,
  expected: one.expected ?? expected,
  options: { ...toolsDefaults, ...one.options },
  input: one.input ?? 'Refund order 17.',
  messages: one.messages,
  because: one.because,
}));
