/** What a local server's parent and its child process say to each other. */

/** What the child is to do: its only argument, as JSON. */
export interface Order {
  /** `<stateDir>/.langgraph_api/` is where the server keeps its state. */
  readonly stateDir: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Runs in flight. */
  readonly workers: number;
  /** By name: absolute path and export. */
  readonly graphs: Readonly<Record<string, { readonly file: string; readonly exportName: string }>>;
  readonly auth: { readonly file: string; readonly exportName: string } | null;
  readonly serverUrl: string;
  readonly anchorUrl: string | null;
}

/** What the child tells, once: it is ready, or why it will not be. */
export type Report = { readonly port: number } | { readonly problem: string };

/** What the parent tells, once: flush the state and end. */
export const stopWord = 'stop';
