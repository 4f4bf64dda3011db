import { fromBase64 } from './base64-text.ts';
import { badValue } from './errors.ts';

/**
 * A value of the fixtures' typed notation, taken apart. Subclasses, model instances and what else only code could
 * rebuild have no place here.
 */
export type Typed =
  | Readonly<{ kind: 'None' }>
  | Readonly<{ kind: 'bool'; value: boolean }>
  | Readonly<{ kind: 'int'; value: bigint }>
  | Readonly<{ kind: 'float'; value: number }>
  | Readonly<{ kind: 'str'; value: string }>
  | Readonly<{ kind: 'bytes' | 'bytearray'; value: Uint8Array }>
  | Readonly<{ kind: 'list' | 'tuple' | 'set' | 'frozenset'; items: readonly unknown[] }>
  | Readonly<{ kind: 'dict' | 'ordereddict'; pairs: readonly (readonly [unknown, unknown])[] }>
  | Readonly<{ kind: 'complex'; real: number; imaginary: number }>
  | Readonly<{ kind: 'datetime'; value: string; tz: string | null }>
  | Readonly<{ kind: 'date' | 'time' | 'decimal' | 'uuid'; value: string }>
  | Readonly<{ kind: 'timedelta'; value: readonly [number, number, number] }>;

/** @throws InspectorError BadValue for what cannot be written without the class's own code */
export function readTyped(value: unknown): Typed {
  if (value === null) return { kind: 'None' };
  if (typeof value === 'boolean') return { kind: 'bool', value };
  if (typeof value === 'number' && Number.isSafeInteger(value)) return { kind: 'int', value: BigInt(value) };
  if (typeof value === 'string') return { kind: 'str', value };
  if (Array.isArray(value)) return { kind: 'list', items: value };
  const tagged = typeof value === 'object' && value !== null && !('class' in value) ? readTagged(value) : null;
  if (tagged === null)
    throw badValue(
      'This value cannot be written to a pickle',
      'Use plain Python values: None, bool, int, float, str, bytes, list, tuple, dict, set, dates, Decimal, UUID.',
    );
  return tagged;
}

function readTagged(value: object): Typed | null {
  const [tag = '', content] = Object.entries(value)[0] ?? [];
  if (typeof content === 'string') return readText(tag, content, value);
  if (!Array.isArray(content)) return null;
  switch (tag) {
    case '$tuple':
      return { kind: 'tuple', items: content };
    case '$set':
      return { kind: 'set', items: content };
    case '$frozenset':
      return { kind: 'frozenset', items: content };
    case '$dict':
      return { kind: 'dict', pairs: content };
    case '$ordereddict':
      return { kind: 'ordereddict', pairs: content };
    case '$complex':
      return { kind: 'complex', real: readFloat(content[0]), imaginary: readFloat(content[1]) };
    case '$timedelta':
      return { kind: 'timedelta', value: [Number(content[0]), Number(content[1]), Number(content[2])] };
    default:
      return null;
  }
}

function readText(tag: string, content: string, value: object): Typed | null {
  switch (tag) {
    case '$int':
      return /^-?\d+$/.test(content) ? { kind: 'int', value: BigInt(content) } : null;
    case '$float':
      return { kind: 'float', value: readFloat(content) };
    case '$bytes':
      return { kind: 'bytes', value: fromBase64(content) };
    case '$bytearray':
      return { kind: 'bytearray', value: fromBase64(content) };
    case '$datetime':
      return { kind: 'datetime', value: content, tz: 'tz' in value && typeof value.tz === 'string' ? value.tz : null };
    case '$date':
    case '$time':
    case '$decimal':
    case '$uuid':
      return { kind: TEXT_KINDS[tag], value: content };
    default:
      return null;
  }
}

const TEXT_KINDS = { $date: 'date', $time: 'time', $decimal: 'decimal', $uuid: 'uuid' } as const;

function readFloat(text: unknown): number {
  if (text === 'inf') return Number.POSITIVE_INFINITY;
  return text === '-inf' ? Number.NEGATIVE_INFINITY : Number(text === 'nan' ? Number.NaN : text);
}
