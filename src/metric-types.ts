/** Metrics as Prometheus has them: a summary's and the scheduler's alike. */

export interface Sample {
  /** In the order in which they are to stand. */
  readonly labels: Readonly<Record<string, string>>;
  /** Null: nothing is known, and no sample is given. */
  readonly value: number | null;
}

export interface Family {
  /** `[a-zA-Z_:][a-zA-Z0-9_:]*`, with its unit. */
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  /** One line for a person. */
  readonly help: string;
  readonly samples: readonly Sample[];
}
