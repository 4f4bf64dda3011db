import { floatRepr } from '../json/float-repr.ts';
import { type DatePayload, datePayload, datetimePayload, type Offset, timePayload } from './date-payload.ts';
import { badValue } from './errors.ts';
import type { Typed } from './typed-notation.ts';
import type { PickleWriter } from './writer.ts';

type Made = Exclude<
  Typed,
  { kind: 'None' | 'bool' | 'int' | 'float' | 'str' | 'bytes' | 'bytearray' | 'list' | 'tuple' | 'dict' | 'set' | 'frozenset' }
>;

/** Writes the types of Python's library that pickles call for, each as its own __reduce__() says. */
export function made(writer: PickleWriter, typed: Made): void {
  switch (typed.kind) {
    case 'ordereddict':
      writer.call('collections', 'OrderedDict', []);
      writer.items(typed.pairs);
      break;
    case 'complex':
      return void writer.call(
        'builtins',
        'complex',
        [typed.real, typed.imaginary].map((part) => () => writer.save({ $float: floatRepr(part) })),
      );
    case 'datetime':
      dated(writer, 'datetime', named(datetimePayload(typed.value), typed.tz));
      break;
    case 'time':
      dated(writer, 'time', timePayload(typed.value));
      break;
    case 'date':
      dated(writer, 'date', { bytes: datePayload(typed.value), offset: null });
      break;
    case 'timedelta':
      timedelta(writer, typed.value);
      break;
    case 'decimal':
      return void writer.call('decimal', 'Decimal', [() => writer.save(typed.value)]);
    case 'uuid':
      uuid(writer, typed.value);
  }
}

/** `timezone:BRT` gives the offset in the text a name; other classes of time zones are not rebuilt. */
function named(payload: DatePayload, tz: string | null): DatePayload {
  if (tz === null || payload.offset === null) return payload;
  const name = /^timezone:(.*)$/s.exec(tz)?.[1];
  if (name === undefined) throw badValue(`A time zone of class ${tz.split(':')[0]} cannot be written`, 'Use a fixed offset.');
  return { ...payload, offset: { ...payload.offset, name: /^UTC([+-]|$)/.test(name) ? null : name } };
}

function dated(writer: PickleWriter, name: 'datetime' | 'date' | 'time', { bytes, offset }: DatePayload): void {
  const payload = () => writer.bytes(bytes);
  writer.call('datetime', name, offset === null ? [payload] : [payload, () => zone(writer, offset)]);
}

function zone(writer: PickleWriter, offset: Offset): void {
  const delta = () =>
    timedelta(writer, [Math.floor(offset.seconds / 86_400), ((offset.seconds % 86_400) + 86_400) % 86_400, offset.microseconds]);
  const { name, seconds, microseconds } = offset;
  const write = () => writer.call('datetime', 'timezone', name === null ? [delta] : [delta, () => writer.save(name)]);
  // datetime.timezone.utc is one object.
  if (name === null && seconds === 0 && microseconds === 0) writer.once('utc', write);
  else write();
}

function timedelta(writer: PickleWriter, parts: readonly number[]): void {
  writer.call(
    'datetime',
    'timedelta',
    parts.map((part) => () => writer.save(part)),
  );
}

function uuid(writer: PickleWriter, text: string): void {
  const hex = text.replaceAll('-', '');
  if (!/^[0-9a-fA-F]{32}$/.test(hex))
    throw badValue(`Not a UUID: ${text.slice(0, 40)}`, 'Write 32 hexadecimal digits, with or without hyphens.');
  writer.newObject('uuid', 'UUID', [['int', { $int: BigInt(`0x${hex}`).toString() }]]);
}
