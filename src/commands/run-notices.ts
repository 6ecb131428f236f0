/** Whom `run` tells how it goes: a webhook, and a URL that hears a sign of life. Neither ever stops or fails a batch. */

import type { Notice, NoticeName } from '../notice.ts';
import { Courier } from '../notify/courier.ts';
import { Pings } from '../notify/ping.ts';
import { createPost, longestTryMs } from '../notify/post.ts';
import type { Manifest } from '../results/manifest.ts';
import { healthOf } from '../schedules/ending.ts';
import type { Summary } from '../summary-types.ts';
import { toldOf } from '../webhook.ts';
import { proxiesOf } from './agent.ts';
import { toldFailure } from './failed.ts';
import type { Io } from './io.ts';
import type { RunNotices } from './notices.ts';
import { type OwnPlace, shownPath } from './open-batch.ts';
import type { Order } from './order.ts';
import { shown } from './settings.ts';
import { say } from './tell.ts';

/** At the end, for what is not delivered. */
const patienceMs = 10_000;

/** With what an earlier start did not deliver. */
export async function tellRun(
  { files }: OwnPlace,
  { datasetName, config }: Order,
  io: Io,
): Promise<RunNotices> {
  const { webhook, ping: target } = toldOf(config, io.env);
  const tell = (line: string) => say(io, config, line);
  const post = createPost({ timeoutMs: longestTryMs, proxies: proxiesOf(io.env) }, io.runtime);
  const courier = await Courier.open({ path: files.notices, post, say: tell, runtime: io.runtime });
  courier.use(webhook === null ? [] : [webhook]);
  const pings = new Pings({ post, say: tell, runtime: io.runtime });
  const give = (notice: Notice) =>
    courier
      .tell(notice)
      .catch((error: Error) => tell(`${error.message}: a notice would not outlive this process.`));
  const { directory } = files;
  const at = () => io.runtime.date().toISOString();
  return {
    started: (manifest) => give(startedNotice(manifest, { directory, datasetName, at: at() })),
    ended: async (manifest, summary) => {
      for (const notice of endNotices(manifest, summary, at())) await give(notice);
    },
    failed: (error) => give(failureNotice(error, { directory, datasetName, at: at() })),
    good: () => {
      if (target !== null) pings.send(target);
    },
    [Symbol.asyncDispose]: async () => {
      const [left] = await Promise.all([courier.close(patienceMs), pings.close(patienceMs)]);
      if (left > 0)
        tell(
          `${left === 1 ? 'One notice is' : `${left} notices are`} not delivered, and kept: the same command with --out ${shown(shownPath(directory, io.cwd))} sends what is left.`,
        );
    },
  };
}

interface About {
  readonly directory: string;
  readonly datasetName: string;
  readonly at: string;
}

const byHand = {
  ...{ schedule: null, firing: null, verdict: null, exit_code: null, counts: null, scores: [], drift: null },
} as const;

/** Of one start of a batch. */
const idOf = ({ id, starts }: Manifest, event: NoticeName) => `${id}/${starts.length}#${event}`;

function startedNotice(manifest: Manifest, { directory, datasetName, at }: About): Notice {
  const { id, name, version } = manifest.agent;
  const goesOn = manifest.starts.length > 1 ? 'goes on' : 'has started';
  return {
    ...byHand,
    id: idOf(manifest, 'started'),
    event: 'started',
    at,
    sentence: `${datasetName} ${goesOn}`,
    batch: { id: manifest.id, directory, dataset: datasetName, agent: { id, name, version } },
  };
}

/** `finished` or `failed`; and `regressed` or `recovered` beside it, where that is news. */
function endNotices(manifest: Manifest, summary: Summary, at: string): Notice[] {
  const { batch, verdict, counts, scores, drift = null } = summary;
  const { id, name, version } = batch.agent;
  const isFailed = healthOf({ ...verdict }) === 'failed';
  const notice = (event: NoticeName, sentence: string): Notice => ({
    ...byHand,
    id: idOf(manifest, event),
    event,
    at,
    sentence: `${batch.dataset}: ${sentence}`,
    batch: { id: batch.id, directory: batch.directory, dataset: batch.dataset, agent: { id, name, version } },
    verdict: verdict.verdict,
    exit_code: verdict.exit_code,
    counts,
    scores: scores.map(({ name: scorer, mean, interval }) => ({ name: scorer, mean, interval })),
    drift,
  });
  const end = notice(isFailed ? 'failed' : 'finished', verdict.sentence);
  if (drift !== null)
    return drift.changed
      ? [end, notice(drift.state === 'regressed' ? 'regressed' : 'recovered', drift.sentence)]
      : [end];
  return verdict.verdict === 'REGRESSED' ? [end, notice('regressed', verdict.sentence)] : [end];
}

/** Lines of what went wrong: of a bug the stack is for the terminal. */
const mostFaults = 3;

function failureNotice(error: unknown, { directory, datasetName, at }: About): Notice {
  const { text, code } = toldFailure(error);
  return {
    ...byHand,
    id: `${directory}/${at}#failed`,
    event: 'failed',
    at,
    sentence: `${datasetName}: ${text.trim().split('\n').slice(0, mostFaults).join(' ')}`,
    batch: { id: null, directory, dataset: datasetName, agent: null },
    exit_code: code,
  };
}
