/** The names of promptfoo's assertions: those that are known here, and those that are not, each with its reason. */

/** Known by these names. */
export const assertionTypes = [
  'equals',
  'contains',
  'icontains',
  'starts-with',
  'regex',
  'contains-all',
  'contains-any',
  'icontains-all',
  'icontains-any',
  'similar',
  'levenshtein',
  'latency',
  'cost',
  'is-json',
  'contains-json',
  'javascript',
  'llm-rubric',
] as const;

const otherLanguage = 'only JavaScript is';
const language = 'it needs a parser of that language';
const model = 'it needs a model of its own; llm-rubric asks a judge';
const overlap = 'counts of shared words are not made here; similar and levenshtein compare texts';
const trace =
  'it needs traces that an Agent Server does not answer with; the scorer tools compares tool calls';
const elsewhere = 'it calls another service';

const byReason: readonly (readonly [string, readonly string[]])[] = [
  [otherLanguage, ['python', 'ruby']],
  [language, ['is-html', 'is-sql', 'is-xml', 'contains-html', 'contains-sql', 'contains-xml']],
  [model, ['answer-relevance', 'classifier', 'context-faithfulness', 'context-recall', 'context-relevance']],
  [model, ['conversation-relevance', 'factuality', 'g-eval', 'is-refusal', 'model-graded-closedqa']],
  [model, ['model-graded-factuality', 'moderation', 'pi', 'search-rubric']],
  [model, ['similar:cosine', 'similar:dot', 'similar:euclidean']],
  [overlap, ['bleu', 'gleu', 'meteor', 'rouge-l', 'rouge-n', 'rouge-s', 'word-count']],
  ['an Agent Server tells no log-probabilities', ['perplexity', 'perplexity-score']],
  ['an Agent Server does not tell it', ['finish-reason', 'guardrails']],
  [trace, ['trace-error-spans', 'trace-span-count', 'trace-span-duration', 'skill-used', 'tool-call-f1']],
  [trace, ['trajectory:goal-success', 'trajectory:step-count', 'trajectory:tool-args-match']],
  [trace, ['trajectory:tool-sequence', 'trajectory:tool-used']],
  [trace, ['is-valid-function-call', 'is-valid-openai-function-call', 'is-valid-openai-tools-call']],
  [elsewhere, ['webhook']],
];

export const unsupportedTypes: ReadonlyMap<string, string> = new Map(
  byReason.flatMap(([reason, types]) => types.map((type) => [type, reason] as const)),
);
