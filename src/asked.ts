/** What an interrupt asks: the actions of LangChain's human in the loop, or one question. Pure. */

import { isObject } from './json.ts';
import type { GivenAnswer, Json, JsonObject } from './types.ts';

/** One thing that a human is to decide. */
export interface Action {
  /** The tool that is to be called; null: no tool is named. */
  readonly tool: string | null;
  /** Of the tool, or what a question is about; null: nothing. */
  readonly args: JsonObject | null;
  readonly question: Json;
  /** The decisions that the agent takes on it, `approve`, `reject`…; null: it does not say. */
  readonly allowed: readonly string[] | null;
  /** The field of a decision that holds the call with other arguments. */
  readonly editedField: 'edited_action' | 'editedAction';
}

/** LangChain's names, as its Python and its JavaScript have them on the wire. */
const forms = [
  {
    requests: 'action_requests',
    reviews: 'review_configs',
    action: 'action_name',
    allowed: 'allowed_decisions',
    edited: 'edited_action',
  },
  {
    requests: 'actionRequests',
    reviews: 'reviewConfigs',
    action: 'actionName',
    allowed: 'allowedDecisions',
    edited: 'editedAction',
  },
] as const;
type Form = (typeof forms)[number];

/** The actions that wait for a decision each; none where it is an interrupt of another shape. */
export const requestsOf = (value: Json): readonly Json[] => requested(value)?.requests ?? [];

/** All that an interrupt asks, in order; one of another shape asks one thing, with what it is about. */
export function actionsOf(value: Json): readonly Action[] {
  const asked = requested(value);
  if (asked !== null) {
    const { requests, reviews, form } = asked;
    return requests.map((request, place) => actionOf(request, place, reviews, form));
  }
  if (!isObject(value)) return [questionOf(value)];
  const { question, ...rest } = value;
  if (typeof question !== 'string') return [questionOf(value)];
  return [questionOf(question, Object.keys(rest).length === 0 ? null : rest)];
}

const questionOf = (question: Json, args: JsonObject | null = null): Action => ({
  tool: null,
  args,
  question,
  allowed: null,
  editedField: 'edited_action',
});

/** Null: it is of another shape, or requests nothing. */
function requested(
  value: Json,
): { readonly requests: readonly Json[]; readonly reviews: readonly Json[]; readonly form: Form } | null {
  if (!isObject(value)) return null;
  for (const form of forms) {
    const requests = list(value[form.requests]);
    if (requests.length > 0) return { requests, reviews: list(value[form.reviews]), form };
  }
  return null;
}

const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

/** How many of these took an answer of the example's script. */
export const scriptedIn = (answers: readonly GivenAnswer[] = []): number =>
  answers.filter(({ by }) => by === 'script').length;

function actionOf(request: Json, place: number, reviews: readonly Json[], form: Form): Action {
  if (!isObject(request)) return questionOf(request);
  const name = request['name'] ?? request['action'] ?? null;
  const args = request['args'] ?? request['arguments'] ?? {};
  return {
    tool: name === null || typeof name === 'string' ? name : JSON.stringify(name),
    args: isObject(args) ? args : { args },
    question: request['description'] ?? null,
    allowed: allowedOf(name, place, reviews, form),
    editedField: form.edited,
  };
}

/** Of the review that bears its name; where reviews bear none, of the one in its place. */
function allowedOf(
  name: Json,
  place: number,
  reviews: readonly Json[],
  form: Form,
): readonly string[] | null {
  const named = reviews.filter(isObject).filter((review) => typeof review[form.action] === 'string');
  const review = named.length > 0 ? named.find((one) => one[form.action] === name) : reviews[place];
  const allowed = isObject(review) ? list(review[form.allowed]) : [];
  const words = allowed.filter((word) => typeof word === 'string');
  return words.length === 0 ? null : words;
}
