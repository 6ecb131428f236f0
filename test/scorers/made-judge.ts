import type { Judge, JudgeQuestion, JudgeReply } from '../../src/contracts.ts';

/** A judge that is not sent anything: it replies at once. */
export const madeJudge = (
  reply: (question: JudgeQuestion) => string | JudgeReply,
  fields: Partial<Judge> = {},
): Judge => ({
  model: 'made-1',
  temperature: 0,
  template: null,
  ask: async (question) => {
    const given = reply(question);
    return typeof given === 'string' ? { text: given } : given;
  },
  ...fields,
});

/** Half, whatever it is asked. */
export const halfJudge = madeJudge(() => '{"score":0.5,"reason":"half of it is there"}');
