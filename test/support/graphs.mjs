// Small graphs without a model, for tests against the real local Agent Server: what each does is told by its name.
import { setTimeout as sleep } from 'node:timers/promises';
import { AIMessage } from '@langchain/core/messages';
import { Annotation, END, interrupt, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';

const lastHuman = (state) => state.messages.findLast((message) => message.getType() === 'human').content;

const oneNode = (work) =>
  new StateGraph(MessagesAnnotation)
    .addNode('agent', work)
    .addEdge(START, 'agent')
    .addEdge('agent', END)
    .compile();

/** Answers `echo: <prompt>`. */
export const echo = oneNode((state) => ({ messages: [new AIMessage(`echo: ${lastHuman(state)}`)] }));

/** Sleeps for the number of milliseconds in the prompt; a cancel wakes it. */
export const slow = oneNode(async (state, config) => {
  await sleep(Number(lastHuman(state)), undefined, { signal: config.signal });
  return { messages: [new AIMessage('slept')] };
});

/** Throws a TypeError. */
export const boom = oneNode((state) => {
  throw new TypeError(`boom: ${lastHuman(state)}`);
});

/** Throws the first time a prompt is seen, then answers. */
const seen = new Set();
export const flaky = oneNode((state) => {
  const prompt = lastHuman(state);
  if (!seen.has(prompt)) {
    seen.add(prompt);
    throw new Error(`first time: ${prompt}`);
  }
  return { messages: [new AIMessage('second time')] };
});

/** Says a step, then throws the first two times that it sees a prompt that begins with `bad`, then answers with the number of steps said for it. */
const failed = new Map();
export const steps = new StateGraph(MessagesAnnotation)
  .addNode('first', (state) => ({ messages: [new AIMessage(`step for ${lastHuman(state)}`)] }))
  .addNode('second', (state) => {
    const prompt = lastHuman(state);
    const times = (failed.get(prompt) ?? 0) + 1;
    failed.set(prompt, times);
    if (prompt.startsWith('bad') && times <= 2) throw new Error(`time ${times}: ${prompt}`);
    const said = state.messages.filter(({ content }) => content === `step for ${prompt}`).length;
    return { messages: [new AIMessage(`${prompt}: ${said} of ${state.messages.length}`)] };
  })
  .addEdge(START, 'first')
  .addEdge('first', 'second')
  .addEdge('second', END)
  .compile();

/** Waits for a human, then tells what was said. */
export const approve = oneNode((state) => {
  const answer = interrupt({ question: `approve ${lastHuman(state)}?` });
  return { messages: [new AIMessage(`human said: ${JSON.stringify(answer)}`)] };
});

/** Pauses before its node: an interrupt that asks nothing. */
export const paused = new StateGraph(MessagesAnnotation)
  .addNode('agent', () => ({ messages: [new AIMessage('went on')] }))
  .addEdge(START, 'agent')
  .addEdge('agent', END)
  .compile({ interruptBefore: ['agent'] });

/** No chat: `{ question }` in, `{ question, answer }` out. */
const Quiz = Annotation.Root({ question: Annotation(), answer: Annotation() });
export const quiz = new StateGraph(Quiz)
  .addNode('agent', (state) => ({ answer: `answer to ${state.question}` }))
  .addEdge(START, 'agent')
  .addEdge('agent', END)
  .compile();
