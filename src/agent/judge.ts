/** One request that asks a judge: a model at an OpenAI-compatible endpoint, or an assistant of an Agent Server. */

import type { JudgeQuestion, JudgeSaid } from '../contracts.ts';
import { RequestError } from '../errors.ts';
import { isObject, parseJson } from '../json.ts';
import { retryAfterMs } from '../retry-after.ts';
import type { Runtime } from '../runtime.ts';
import type { Failure, Json, JsonObject, Usage } from '../types.ts';
import { HttpFault } from './exchange.ts';
import { failure, faultFailure, harmless, statusFailure } from './failures.ts';
import { createHttp, type HttpOptions } from './http.ts';
import { contentText, nothingBefore } from './messages.ts';
import { createRedactor } from './redact.ts';
import { isEmpty, readValues } from './response.ts';
import { unreadable } from './run-answer.ts';

export interface JudgeOptions extends HttpOptions {
  /** Never let through in a reply or an error. */
  readonly secrets: readonly string[];
  /** Who judges there. */
  readonly by:
    | { readonly model: string; readonly temperature: number | null }
    | { readonly assistant: string };
}

export interface JudgeCall {
  /** `Runtime.now()` by which it must have ended. */
  readonly deadline: number;
  readonly signal: AbortSignal;
}

export interface JudgeConnection {
  /** Asks once. @throws RequestError where no reply was had. */
  ask(question: JudgeQuestion, call: JudgeCall): Promise<JudgeSaid>;
  close(): Promise<void>;
}

/** No request is sent before the first question. */
export function connectJudge(options: JudgeOptions, runtime: Runtime): JudgeConnection {
  const http = createHttp(options, runtime);
  const redact = createRedactor(options.secrets);
  const post = async (path: string, body: JsonObject, call: JudgeCall): Promise<Json> => {
    const answer = await http.send({ method: 'POST', path, body, ...call }).catch((fault: unknown) => {
      throw fault instanceof HttpFault ? redact.error(told(faultFailure(fault))) : fault;
    });
    const text = redact.text(answer.body.toString('utf8'));
    if (answer.status >= 300) {
      throw redact.error(told(statusFailure(answer, text)), {
        retryAfterMs: retryAfterMs(answer.headers, runtime.date()),
      });
    }
    const parsed = parseJson(text);
    if (parsed === undefined) throw redact.error(told(unreadable(text, answer.status)));
    return parsed;
  };
  const { by } = options;
  return {
    ask: 'model' in by ? askModel(post, by) : askAssistant(post, by.assistant),
    close: () => http.close(),
  };
}

type Post = (path: string, body: JsonObject, call: JudgeCall) => Promise<Json>;

/** In the words of the options that rule here; and nobody minds whether a judge has run. */
const told = (why: Failure): Failure => ({
  ...harmless(why),
  message:
    why.code === 'HTTP_REDIRECT'
      ? why.message.replace('where the Agent Server is', 'where it is')
      : why.message
          .replaceAll('--timeout', '--judge-timeout')
          .replaceAll('--idle-timeout', '--judge-timeout'),
});

function askModel(
  post: Post,
  { model, temperature }: { readonly model: string; readonly temperature: number | null },
): JudgeConnection['ask'] {
  /** Endpoints that do not know it refuse it: then it is left out. */
  let takesJsonMode = true;
  return async ({ rules, task }, call) => {
    const body = {
      model,
      messages: [
        { role: 'system', content: rules },
        { role: 'user', content: task },
      ],
      ...(temperature !== null && { temperature }),
    };
    if (!takesJsonMode) return readCompletion(await post('/chat/completions', body, call));
    const inJsonMode = { ...body, response_format: { type: 'json_object' } };
    try {
      return readCompletion(await post('/chat/completions', inJsonMode, call));
    } catch (error) {
      const isRefused =
        error instanceof RequestError && (error.failure.status === 400 || error.failure.status === 422);
      if (!isRefused) throw error;
      const reply = readCompletion(await post('/chat/completions', body, call));
      takesJsonMode = false; // only now is it known that this was why
      return reply;
    }
  };
}

/** @throws RequestError where it holds no reply. */
function readCompletion(completion: Json): JudgeSaid {
  const choices = isObject(completion) ? completion['choices'] : undefined;
  const first = Array.isArray(choices) ? choices[0] : undefined;
  const message = isObject(first) ? first['message'] : undefined;
  if (!isObject(first) || !isObject(message)) {
    throw new RequestError(
      failure('protocol', 'UNEXPECTED_ANSWER', 'expected a chat completion: is --judge-url the base URL?'),
    );
  }
  const { refusal, content } = message;
  if (typeof refusal === 'string' && refusal !== '')
    throw new RequestError(failure('agent', 'AGENT_ERROR', `the model refused to judge: ${refusal}`));
  if (first['finish_reason'] === 'length')
    throw new RequestError(failure('agent', 'AGENT_ERROR', 'the reply was cut at the most tokens there are'));
  return {
    text: contentText(content),
    usage: isObject(completion) ? usageOfModel(completion['usage']) : null,
  };
}

/** In OpenAI's words. */
function usageOfModel(usage: Json | undefined): Usage | null {
  if (!isObject(usage)) return null;
  const [input, output, total] = ['prompt_tokens', 'completion_tokens', 'total_tokens'].map(
    (name) => Number(usage[name]) || 0,
  );
  const [input_tokens, output_tokens] = [input ?? 0, output ?? 0];
  return { input_tokens, output_tokens, total_tokens: total || input_tokens + output_tokens };
}

/** Without a thread, and with all in one message: many graphs take no system message of another's. */
function askAssistant(post: Post, assistant: string): JudgeConnection['ask'] {
  return async ({ rules, task }, call) => {
    const message = { role: 'user', content: `${rules}\n\n${task}` };
    const body = {
      assistant_id: assistant,
      input: { messages: [message] },
      metadata: { threadmill_judge: true },
      multitask_strategy: 'reject',
      on_disconnect: 'cancel',
    };
    const values = await post('/runs/wait', body, call);
    const error = isObject(values) ? values['__error__'] : undefined;
    if (error !== undefined)
      throw new RequestError(
        failure('agent', 'AGENT_ERROR', `the assistant failed: ${JSON.stringify(error).slice(0, 500)}`),
      );
    if (isObject(values) && '__interrupt__' in values)
      throw new RequestError(failure('agent', 'AGENT_ERROR', 'the assistant waits for a human'));
    const { response, added, usage } = readValues(values, {
      sent: [{ id: null, ...message }],
      before: nothingBefore,
    });
    if (isEmpty(values) || response === null || added === 0)
      throw new RequestError(failure('protocol', 'NO_RESULT', 'the assistant replied nothing'));
    return { text: response, usage };
  };
}
