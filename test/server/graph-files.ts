/** Graph files as a user has them. */

const head = `import { AIMessage } from '@langchain/core/messages';
import { END, interrupt, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
`;

/** A graph \`graph\` of one node that answers with the text this expression gives. */
export const graphFile = (expression: string): string => `${head}
const answer = async () => ({ messages: [new AIMessage(String(${expression}))] });
export const graph = new StateGraph(MessagesAnnotation)
  .addNode('answer', answer).addEdge(START, 'answer').addEdge('answer', END).compile();
`;

/** The same in TypeScript that plain node cannot run, with an import and a pause for a human. */
export const typescriptGraphFile = `${head.replace('import {', 'import { type BaseMessage,')}
import { shout } from './shout';

enum Tone { Loud = '!' }
const answer = (state: { messages: BaseMessage[] }) => {
  const human: string = interrupt({ question: state.messages.at(-1)?.text as string });
  return { messages: [new AIMessage(shout(human) + Tone.Loud)] };
};
export const graph = new StateGraph(MessagesAnnotation)
  .addNode('answer', answer).addEdge(START, 'answer').addEdge('answer', END).compile();
`;

export const shoutFile = 'export const shout = (text: string): string => text.toUpperCase();\n';
