/** No chat: takes `{ question }`, gives `{ answer, score }`: the order number it finds, and how sure it is, 0 to 1. */

import { Annotation, END, type LangGraphRunnableConfig, START, StateGraph } from '@langchain/langgraph';
import { witness } from './witness.ts';

const State = Annotation.Root({
  question: Annotation<string>(),
  answer: Annotation<string | null>(),
  score: Annotation<number>(),
});

function find({ question }: typeof State.State, config: LangGraphRunnableConfig) {
  witness('extract', 'find', config);
  const named = /order\s*#?\s*(\d+)/i.exec(question)?.[1];
  if (named !== undefined) return { answer: named, score: 1 };
  const anyNumber = /\d+/.exec(question)?.[0];
  return anyNumber === undefined ? { answer: null, score: 0 } : { answer: anyNumber, score: 0.5 };
}

export const extract = new StateGraph(State)
  .addNode('find', find)
  .addEdge(START, 'find')
  .addEdge('find', END)
  .compile();
