/** Where the package lies: workers and children are files of their own, and plain node cannot run the sources. */

// This file is a source (in tests), or part of a bundle in `dist/` or a folder of it.
export const packageRoot = new URL(import.meta.url.replace(/\/(?:src|dist)\/(?:[^/]+\/)?[^/]+$/, '/'));
