import type { z } from 'zod';
import { api, type Handlers, type MethodName, type Reply } from '../preload/api.ts';
import { errorData, InspectorError } from './errors.ts';

/** How many faults of an input are named. */
const NAMED_FAULTS = 3;

/**
 * Answers one call of the bridge: the method is looked up, the input parsed by the method's schema, and whatever happens
 * is a Reply. Nothing is thrown.
 * @param onDefect is told what was thrown that is no InspectorError, for the log
 */
export async function dispatch(
  handlers: Handlers,
  method: unknown,
  input: unknown,
  signal: AbortSignal,
  onDefect: (thrown: unknown) => void,
): Promise<Reply<unknown>> {
  try {
    const name = methodName(method);
    const parsed = api[name].input.safeParse(input);
    if (!parsed.success) throw badInput(name, parsed.error);
    signal.throwIfAborted();
    // The schema that parsed the input and the handler that takes it stand under the same name.
    const handler = handlers[name] as (input: unknown, signal: AbortSignal) => Promise<unknown>;
    return { ok: true, value: await handler(parsed.data, signal) };
  } catch (thrown) {
    const error = errorData(thrown);
    if (error.code === 'Internal') onDefect(thrown);
    return { ok: false, error };
  }
}

function methodName(method: unknown): MethodName {
  // Own properties only: `constructor` and `toString` are no methods.
  if (typeof method === 'string' && Object.hasOwn(api, method)) return method as MethodName;
  throw new InspectorError('BadRequest', 'There is no such method');
}

/** Names the fields and what is wrong with them, and never quotes what was in them: it may be a secret. */
function badInput(method: MethodName, error: z.ZodError): InspectorError {
  const faults = error.issues.slice(0, NAMED_FAULTS).map((issue) => {
    const path = issue.path.map(String).join('.') || 'input';
    return `${path}: ${issue.code === 'unrecognized_keys' ? 'has fields that are not known' : issue.message}`;
  });
  return new InspectorError('BadRequest', `${method}: ${faults.join('; ')}`);
}
