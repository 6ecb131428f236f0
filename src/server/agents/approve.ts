/**
 * Asks a human before it acts. Every action ("refund order 1001 and cancel order 1002") waits in one interrupt of
 * LangChain's human-in-the-loop shape; it is resumed with `{ decisions: [...] }`, one for each, or with true or false.
 */

import { AIMessage, ToolMessage } from '@langchain/core/messages';
import {
  END,
  interrupt,
  type LangGraphRunnableConfig,
  MessagesAnnotation,
  START,
  StateGraph,
} from '@langchain/langgraph';
import { answer, askForTools, type Call, lastQuestion } from './chat.ts';
import { witness } from './witness.ts';

type State = typeof MessagesAnnotation.State;

type Decision =
  | { readonly type: 'approve' }
  | { readonly type: 'reject'; readonly message?: string }
  | { readonly type: 'edit'; readonly edited_action: Call };

function propose({ messages }: State, config: LangGraphRunnableConfig) {
  witness('approve', 'propose', config);
  const question = lastQuestion(messages);
  const found = [...question.matchAll(/\b(refund|cancel)\b\D*(\d+)/gi)].map(([, verb, order]) => ({
    name: `${String(verb).toLowerCase()}_order`,
    args: { order },
  }));
  const actions = found.length > 0 ? found : [{ name: 'note_request', args: { text: question } }];
  return { messages: [askForTools(actions, messages)] };
}

function review({ messages }: State, config: LangGraphRunnableConfig) {
  witness('approve', 'review', config);
  const calls = messages.findLast((message) => AIMessage.isInstance(message))?.tool_calls ?? [];
  const human: unknown = interrupt({
    action_requests: calls.map(({ name, args }) => ({
      name,
      args,
      description: `May I do this: ${tell({ name, args })}?`,
    })),
    review_configs: calls.map(({ name }) => ({
      action_name: name,
      allowed_decisions: ['approve', 'edit', 'reject'],
    })),
  });
  // Until a human has answered, nothing below runs.
  const decisions = decisionsOf(human, calls.length);
  const results = calls.map((call, place) => resultOf(call, decisions[place] ?? { type: 'reject' }));
  const toolMessages = results.map(
    (content, place) =>
      new ToolMessage({ content, name: calls[place]?.name ?? '', tool_call_id: calls[place]?.id ?? '' }),
  );
  return { messages: [...toolMessages, answer(results.join(' '), [...messages, ...toolMessages])] };
}

function decisionsOf(human: unknown, count: number): readonly Decision[] {
  if (typeof human === 'boolean') return Array(count).fill({ type: human ? 'approve' : 'reject' });
  const { decisions } = Object(human) as { decisions?: readonly Decision[] };
  if (Array.isArray(decisions) && decisions.length === count) return decisions;
  const saw = JSON.stringify(human);
  throw new Error(
    `Expected {"decisions": [...]}, one decision for each of ${count}, or true or false; saw ${saw}`,
  );
}

function resultOf(call: Call, decision: Decision): string {
  if (decision.type === 'approve') return `Done: ${tell(call)}.`;
  if (decision.type === 'edit') return `Done: ${tell(decision.edited_action)}.`;
  return `Not done: ${tell(call)}${decision.message ? `, because: ${decision.message}` : ''}.`;
}

const tell = ({ name, args }: Call) => `${name.replace('_', ' ')} ${Object.values(args).join(' ')}`;

export const approve = new StateGraph(MessagesAnnotation)
  .addNode('propose', propose)
  .addNode('review', review)
  .addEdge(START, 'propose')
  .addEdge('propose', 'review')
  .addEdge('review', END)
  .compile();
