/** The sample agents that come with threadmill: each a file of `agents/`, and its export of the same name. */

import { builtFile } from './place.ts';

/** By name, the one to begin with first. */
export const bundledAgents = ['assistant', 'echo', 'tools', 'approve', 'slow', 'flaky', 'extract'] as const;

/** They, as a `langgraph.json` would name them. */
export const bundledGraphs = Object.fromEntries(
  bundledAgents.map((name) => [name, { file: builtFile(`agents/${name}.js`), exportName: name }]),
);
