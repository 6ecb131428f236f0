/** What the recipes of docs/ci have a machine do: their script lines, out of the YAML in the pages. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type CommandName, optionsOf } from '../../src/options.ts';
import { scorerKinds } from '../../src/scorers/index.ts';

const pages = join(import.meta.dirname, '../../docs/ci');

/** Something a job does, on some events alone. */
export interface Step {
  readonly name: string;
  readonly script: string;
  /** When it is done though an earlier one failed. */
  readonly isAlways: boolean;
  /** Only on `main`. */
  readonly isOfMain: boolean;
}

interface GithubStep {
  readonly name?: string;
  readonly run?: string;
  readonly if?: string;
}

/** The YAML blocks of a page, below their headings. */
function blocksOf(page: string): unknown[] {
  const text = readFileSync(join(pages, page), 'utf8');
  return [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, block = '']) => parse(block));
}

/** Of a page with GitHub workflows, each recipe's steps; a block of steps alone takes the place of those up to *Show*. */
export function githubRecipes(): Step[][] {
  const [first, ...others] = blocksOf('github-actions.md') as [
    { jobs: { eval: { steps: GithubStep[] } } },
    ...GithubStep[][],
  ];
  const { steps } = first.jobs.eval;
  const after = steps.slice(steps.findIndex(({ name }) => name === 'Show'));
  return [steps, ...others.map((own) => [...own, ...after])].map((recipe) => recipe.flatMap(stepOf));
}

function stepOf({ name = '', run, if: when = '' }: GithubStep): Step[] {
  if (run === undefined) return [];
  const conditions = ['', 'always()', "github.ref == 'refs/heads/main'"];
  if (!conditions.includes(when)) throw new Error(`Expected a condition that is known here, saw ${when}`);
  return [{ name, script: run, isAlways: when === conditions[1], isOfMain: when === conditions[2] }];
}

interface GitlabJob {
  readonly script: readonly string[];
}

export interface GitlabRecipes {
  /** The job `eval`, of each recipe. */
  readonly evals: readonly GitlabJob[];
  readonly renew: GitlabJob;
}

export function gitlabRecipes(): GitlabRecipes {
  const blocks = blocksOf('gitlab.md') as Record<string, GitlabJob>[];
  const jobOf = (name: string) => blocks.flatMap((block) => block[name] ?? []);
  const [renew] = jobOf('renew-baseline');
  if (renew === undefined) throw new Error('Expected a job renew-baseline');
  return { evals: jobOf('eval'), renew };
}

/** Are the options of threadmill that a script gives all there, and its scorers? */
export function isDoable(script: string): boolean {
  const [, name, rest = ''] = /npx threadmill ([a-z]+)([^>]*)/s.exec(script.replaceAll('>=', '')) ?? [];
  const options = new Map(optionsOf(name as CommandName).map(([, { flag, kind }]) => [flag, kind]));
  return [...rest.matchAll(/--([a-z-]+)[= ]('[^']*'|\S+)?/g)].every(([, flag = '', value = '']) => {
    if (flag === 'scorer') return Object.hasOwn(scorerKinds, value);
    const kind = options.get(flag);
    return kind !== undefined && (flag !== 'report' || kind.parse(value) !== undefined);
  });
}
