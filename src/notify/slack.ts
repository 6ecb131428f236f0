/** A notice as Slack's incoming webhooks take it, and what is compatible with them. Pure. */

import type { Notice } from '../notice.ts';

/** Of a section's text: https://docs.slack.dev/reference/block-kit/blocks/section-block. */
const mostOfText = 3_000;
const mostOfField = 2_000;
const mostFields = 10;

const titles = {
  started: 'Started',
  finished: 'Finished',
  failed: 'Failed',
  regressed: 'Regressed',
  recovered: 'Recovered',
  missed: 'Missed',
} as const satisfies Record<Notice['event'], string>;

export function slackMessage(notice: Notice): object {
  const { event, sentence, batch } = notice;
  const fields = fieldsOf(notice).slice(0, mostFields);
  return {
    text: escaped(`${titles[event]}: ${sentence}`, mostOfText),
    blocks: [
      section({ text: markdown(`*${titles[event]}*\n`, sentence, mostOfText) }),
      ...(fields.length === 0
        ? []
        : [
            section({
              fields: fields.map(([name, value]) =>
                markdown(`*${escaped(name, 200)}*\n`, value, mostOfField),
              ),
            }),
          ]),
      ...(batch === null
        ? []
        : [{ type: 'context', elements: [markdown('', batch.directory, mostOfField)] }]),
    ],
  };
}

function fieldsOf({ batch, verdict, counts, scores }: Notice): (readonly [string, string])[] {
  return [
    ...(batch === null ? [] : [['Dataset', batch.dataset] as const]),
    ...(batch?.agent == null ? [] : [['Agent', batch.agent.name ?? batch.agent.id] as const]),
    ...(verdict === null ? [] : [['Verdict', verdict] as const]),
    ...(counts === null ? [] : [['Successes', `${counts.success} of ${counts.planned}`] as const]),
    ...scores.map(({ name, mean }) => [name, mean === null ? 'not scored' : mean.toFixed(3)] as const),
  ];
}

const section = (content: object) => ({ type: 'section', ...content });

const markdown = (head: string, text: string, most: number) => ({
  type: 'mrkdwn',
  text: head + escaped(text === '' ? '–' : text, most - head.length),
});

/** Without what Slack would take for a link or a call to everybody; no longer than it takes. */
function escaped(text: string, most: number): string {
  const safe = text.toWellFormed().replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  if (safe.length <= most) return safe;
  // Neither half an escape at the end, nor half a character.
  return `${safe.slice(0, most - 1).replace(/&[a-z]*$|[\ud800-\udbff]$/, '')}…`;
}
