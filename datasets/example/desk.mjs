/**
 * An order desk with three tools. It follows rules where most agents ask a model, so that it says the same each time, on any
 * machine, for nothing.
 */

import { AIMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { ToolNode, toolsCondition } from '@langchain/langgraph/prebuilt';

const orders = {
  1001: { item: 'a desk lamp', owner: 'ada@example.com', price: 39.9, status: 'delivered' },
  1002: { item: 'two office chairs', owner: 'bo@example.com', price: 318, status: 'on its way' },
  1003: { item: 'a standing desk', owner: 'ada@example.com', price: 549, status: 'being packed' },
  1004: { item: 'a monitor arm', owner: 'cy@example.com', price: 89, status: 'cancelled' },
  1005: { item: 'a bookshelf', owner: 'bo@example.com', price: 129.5, status: 'waiting for payment' },
  1006: { item: 'a footrest', owner: 'di@example.com', price: 45, status: 'delivered' },
  1007: { item: 'a whiteboard', owner: 'ed@example.com', price: 74, status: 'delivered' },
  1008: { item: 'a desk mat', owner: 'di@example.com', price: 25, status: 'refunded' },
};

const stringArgs = (...names) => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
  required: names,
});

const tools = [
  tool(({ order }) => JSON.stringify({ order, ...orders[order] }), {
    name: 'find_order',
    description: 'What an order holds, what it cost, and where it is.',
    schema: stringArgs('order'),
  }),
  tool(({ email }) => JSON.stringify(Object.keys(orders).filter((order) => orders[order].owner === email)), {
    name: 'list_orders',
    description: 'The orders of a customer.',
    schema: stringArgs('email'),
  }),
  tool(({ order }) => JSON.stringify({ order, paid: orders[order].price }), {
    name: 'refund',
    description: 'Pays an order back.',
    schema: stringArgs('order'),
  }),
];

/** What to do next: a tool's name with its arguments, or an answer. */
function next(question, results, wantsRefund) {
  const email = /\S+@example\.com/.exec(question)?.[0];
  const order = /\b\d{4}\b/.exec(question)?.[0];
  const [found, refunded] = results;

  if (email !== undefined) {
    if (found === undefined) return { name: 'list_orders', args: { email } };
    return found.length > 0 ? `${email} has ${found.join(' and ')}.` : `${email} has no orders.`;
  }
  if (order === undefined) return 'Tell me the number of your order, please.';
  if (found === undefined) return { name: 'find_order', args: { order } };
  if (found.status === undefined) return `There is no order ${order}.`;
  if (!wantsRefund.test(question)) return `Order ${order} (${found.item}) is ${found.status}.`;
  if (refunded === undefined) return { name: 'refund', args: { order } };
  return `${refunded.paid.toFixed(2)} euros for order ${order} are on their way to you.`;
}

/** @param wantsRefund Matches a question that asks for money back. */
export function createDesk(wantsRefund) {
  const think = ({ messages }) => {
    const asked = messages.findLastIndex((message) => message.type === 'human');
    const results = messages.slice(asked).filter(({ type }) => type === 'tool').map(({ text }) => JSON.parse(text));
    const step = next(messages[asked].text, results, wantsRefund);
    if (typeof step === 'string') return { messages: [new AIMessage(step)] };
    const call = { id: `call_${messages.length}`, type: 'tool_call', ...step };
    return { messages: [new AIMessage({ content: '', tool_calls: [call] })] };
  };
  return new StateGraph(MessagesAnnotation)
    .addNode('think', think)
    .addNode('tools', new ToolNode(tools))
    .addEdge(START, 'think')
    .addConditionalEdges('think', toolsCondition, ['tools', END])
    .addEdge('tools', 'think')
    .compile();
}

export const desk = createDesk(/\brefund (my )?order\b/i);
