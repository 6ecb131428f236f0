/** Replies with the user's last message, unchanged. The smallest agent there is. */

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

function reply({ messages }: State, config: LangGraphRunnableConfig) {
  witness('echo', 'reply', config);
  return { messages: [answer(lastQuestion(messages), messages)] };
}

export const echo = new StateGraph(MessagesAnnotation)
  .addNode('reply', reply)
  .addEdge(START, 'reply')
  .addEdge('reply', END)
  .compile();
