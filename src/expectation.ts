/** Whether an example says what it expects, and of which of its turns. Pure. */

import type { ExpectedTool, ExpectedTools, JobRecord, Json, ToolsByTurn } from './types.ts';

/** Does it say nothing? An empty cell is no expectation of an empty answer. */
export const isUnknown = (expected: Json): boolean =>
  expected === null || (typeof expected === 'string' && expected.trim() === '');

/** A tool is a name or an object, so that a list among them is a turn's. An empty one is of all turns. */
export const areByTurn = (tools: ExpectedTools): tools is ToolsByTurn =>
  tools.length > 0 && tools.every((tool) => tool === null || Array.isArray(tool));

/** The tools that a turn is to call, where they are not told of its conversation as a whole; undefined: it does not say. */
export function toolsOfTurn({
  expected_tools: tools,
  turn,
}: Pick<JobRecord, 'expected_tools' | 'turn'>): readonly ExpectedTool[] | undefined {
  if (tools === undefined || !areByTurn(tools)) return tools;
  return tools[(turn ?? 1) - 1] ?? undefined;
}

/** Neither an answer nor tools. */
export const expectsNothing = (record: JobRecord): boolean =>
  isUnknown(record.expected) && toolsOfTurn(record) === undefined;
