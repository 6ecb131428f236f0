import type { Attempt, JobRecord } from '../types.ts';

/** A record's attempts of its own revision: it holds those of the earlier ones too. */
export function ownAttempts({ attempts, revision, started_at }: JobRecord): readonly Attempt[] {
  return revision === 1 ? attempts : attempts.filter((attempt) => attempt.started_at >= started_at);
}
