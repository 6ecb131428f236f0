/**
 * Fails at about 20 % of what it is asked, the same at every batch with the same seed (`config.configurable.seed`).
 * Three quarters of those do when asked again, as after a passing fault; one quarter never does.
 * Each trial of an example has luck of its own.
 */

import { createHash } from 'node:crypto';
import {
  END,
  type LangGraphRunnableConfig,
  MessagesAnnotation,
  START,
  StateGraph,
} from '@langchain/langgraph';
import { answer, lastQuestion } from './chat.ts';
import { witness } from './witness.ts';

type State = typeof MessagesAnnotation.State;

function work({ messages }: State, config: LangGraphRunnableConfig) {
  witness('flaky', 'work', config);
  // threadmill sends these with every run.
  const { threadmill_trial = 1, threadmill_attempt = 1, threadmill_revision = 1 } = config.metadata ?? {};
  const isFirstTry = Number(threadmill_attempt) === 1 && Number(threadmill_revision) === 1;
  const question = lastQuestion(messages);
  const luck = fractionOf(`${config.configurable?.['seed'] ?? 1} ${threadmill_trial} ${question}`);

  if (luck < 0.05) throw new Error('The order system does not know what to do with this.');
  if (luck < 0.2 && isFirstTry) throw new Error('The order system did not answer. Asked again, it may.');
  return { messages: [answer(`Done: ${question}`, messages)] };
}

/** Of a text, always the same number: 0 ≤ x < 1. */
const fractionOf = (text: string) => createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;

export const flaky = new StateGraph(MessagesAnnotation)
  .addNode('work', work)
  .addEdge(START, 'work')
  .addEdge('work', END)
  .compile();
