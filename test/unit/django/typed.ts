import { fromisoformat } from '../../../src/main/django/iso-format.ts';
import { isoformat, type PythonDatetime, type PythonResult } from '../../../src/main/django/python-datetime.ts';
import type { ExpiryArgument, ExpiryValue } from '../../../src/main/django/session-expiry.ts';

/** Between the fixtures' typed notation and the values that the expiry rules work on. */

type Tagged = Readonly<Record<string, unknown>>;

export function datetimeOfIso(text: string): PythonDatetime {
  const parsed = fromisoformat(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.value;
}

export function expiryOfTyped(typed: unknown): ExpiryValue {
  if (typed === null) return { type: 'NoneType' };
  if (typeof typed === 'boolean') return { type: 'bool', value: typed };
  if (typeof typed === 'number') return { type: 'int', value: BigInt(typed) };
  if (typeof typed === 'string') return { type: 'str', value: typed };
  if (Array.isArray(typed)) return { type: 'other', class: 'list', truthy: typed.length > 0 };
  const tagged = typed as Tagged;
  if (tagged['$float'] !== undefined) return { type: 'float', value: Number(tagged['$float']) };
  if (tagged['$datetime'] !== undefined) return { type: 'datetime', value: datetimeOfIso(String(tagged['$datetime'])) };
  throw new Error(`no expiry: ${JSON.stringify(typed)}`);
}

export function argumentOfTyped(typed: unknown): ExpiryArgument {
  const delta = (typed as Tagged | null)?.['$timedelta'];
  if (!Array.isArray(delta)) return expiryOfTyped(typed) as ExpiryArgument;
  const [days, seconds, microseconds] = delta as [number, number, number];
  return { type: 'timedelta', value: { days, seconds, microseconds } };
}

export function typedOfExpiry(value: ExpiryValue): unknown {
  switch (value.type) {
    case 'NoneType':
      return null;
    case 'int':
      return Number(value.value);
    case 'float':
      return { $float: String(value.value) };
    case 'datetime':
      return typedOfDatetime(value.value);
    case 'other':
      return [1];
    default:
      return value.value;
  }
}

/** timezone(timedelta(0)) prints as UTC, others with their offset. */
export function typedOfDatetime(value: PythonDatetime): unknown {
  const text = isoformat(value);
  const zone = value.offset === 0n ? 'UTC' : `UTC${/[+-]\d\d:\d\d$/.exec(text)?.[0]}`;
  return { $datetime: text, tz: value.offset === null ? null : `timezone:${zone}` };
}

/** A result in the fixtures' form. */
export function recorded<T>(result: PythonResult<T>, typed: (value: T) => unknown): unknown {
  return result.ok ? { ok: true, typed: typed(result.value) } : { ok: false, error: result.error, message: result.message };
}
