/**
 * Makes the server and the bundled agents take `@langchain/*` from one place. Where threadmill is installed globally
 * and the packages in the user's project, the agents would find none, or another copy than the server's.
 */

import type { InitializeHook, ResolveHook } from 'node:module';

interface HookData {
  /** A file from whose place the packages are resolved. */
  readonly anchorUrl: string;
  /** Folders (URLs, with a slash at the end) whose modules are served so; a user's own graphs resolve as they do everywhere. */
  readonly importers: readonly string[];
}

let hook: HookData = { anchorUrl: '', importers: [] };

export const initialize: InitializeHook<HookData> = (data) => {
  hook = data;
};

export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const { parentURL } = context;
  const isOurs = hook.importers.some((folder) => parentURL?.startsWith(folder));
  if (!isOurs || !specifier.startsWith('@langchain/')) return nextResolve(specifier, context);
  try {
    return await nextResolve(specifier, { ...context, parentURL: hook.anchorUrl });
  } catch {
    // Strict package managers show a project only what it names itself: the server then has its own way to it.
    return nextResolve(specifier, context);
  }
};
