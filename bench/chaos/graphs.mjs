/** Graphs for the real local server that leave a line in the file CHAOS_WITNESS for each execution. */

import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { AIMessage } from '@langchain/core/messages';
import { END, interrupt, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';

const tell = (line) => appendFileSync(process.env.CHAOS_WITNESS, `${JSON.stringify(line)}\n`);

const oneNode = (work) =>
  new StateGraph(MessagesAnnotation)
    .addNode('agent', work)
    .addEdge(START, 'agent')
    .addEdge('agent', END)
    .compile();

/** Answers with how many questions the thread has had, and the last one. */
export const counted = oneNode(({ messages }, { metadata, configurable }) => {
  const questions = messages.filter((message) => message.getType() === 'human');
  const { threadmill_batch: batch, threadmill_example: example, threadmill_turn: turn } = metadata ?? {};
  const { thread_id: thread, run_id: run } = configurable ?? {};
  tell({ batch, example, turn, thread, run, at: new Date().toISOString() });
  return { messages: [new AIMessage(`${questions.length}: ${questions.at(-1)?.text}`)] };
});

/** Takes as many ms as its question says: shows how many workers there are. */
export const slow = oneNode(async ({ messages }) => {
  tell({ slow: 'begins' });
  await sleep(Number(messages.at(-1)?.text));
  tell({ slow: 'ends' });
  return { messages: [new AIMessage('slept')] };
});

const questionOf = ({ messages }) => messages.at(0).text;

/** Leaves a line once a human has answered: `place` tells which stop it was. */
const asking =
  (place, askFor) =>
  (state, { metadata }) => {
    const answer = interrupt(askFor(questionOf(state).split(' ')));
    tell({ batch: metadata?.threadmill_batch, example: metadata?.threadmill_example, place, answer });
    return { messages: [new AIMessage(`${place}: ${JSON.stringify(answer)}`)] };
  };

/** Asks for a tool, named by the first word, and where that is `twice` a question after it. */
export const asks = new StateGraph(MessagesAnnotation)
  .addNode(
    'first',
    asking(1, ([name, order]) => ({ action_requests: [{ name, args: { order }, description: `${name}?` }] })),
  )
  .addNode(
    'second',
    asking(2, ([, order]) => ({ question: `sure about ${order}?` })),
  )
  .addEdge(START, 'first')
  .addConditionalEdges('first', (state) => (questionOf(state).startsWith('twice') ? 'second' : END))
  .addEdge('second', END)
  .compile();
