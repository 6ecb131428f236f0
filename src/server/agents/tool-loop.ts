/** The loop most agents are: ask the model, call the tools it asks for, show it what they said, until it answers. */

import type { ClientTool } from '@langchain/core/tools';
import {
  END,
  type LangGraphRunnableConfig,
  MessagesAnnotation,
  START,
  StateGraph,
} from '@langchain/langgraph';
import { ToolNode, toolsCondition } from '@langchain/langgraph/prebuilt';
import type { ScriptedModel } from './scripted-model.ts';
import { witness } from './witness.ts';

type State = typeof MessagesAnnotation.State;

export function toolLoop(name: string, model: ScriptedModel, tools: ClientTool[]) {
  const toolNode = new ToolNode(tools);

  const think = async ({ messages }: State, config: LangGraphRunnableConfig) => {
    witness(name, 'think', config);
    return { messages: [await model.invoke(messages, config)] };
  };
  const act = (state: State, config: LangGraphRunnableConfig) => {
    witness(name, 'tools', config);
    return toolNode.invoke(state, config);
  };
  return new StateGraph(MessagesAnnotation)
    .addNode('think', think)
    .addNode('tools', act)
    .addEdge(START, 'think')
    .addConditionalEdges('think', toolsCondition, ['tools', END])
    .addEdge('tools', 'think')
    .compile();
}
