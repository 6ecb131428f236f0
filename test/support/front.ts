import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./front.mjs', import.meta.url));

export type Manner = 'stubborn' | 'silent' | 'parent' | `dies=${number}`;

/** The command that serves what the server at this URL does, as a process of its own; it prints `pid <n>` of each process. */
export const frontCommand = (url: string, ...manners: readonly Manner[]): string =>
  `${process.execPath} ${program} {port} ${url} ${manners.join(' ')}`.trimEnd();

/** The processes that told theirs. */
export const pidsIn = (log: string): number[] =>
  [...log.matchAll(/^pid (\d+)$/gm)].map(([, pid]) => Number(pid));
