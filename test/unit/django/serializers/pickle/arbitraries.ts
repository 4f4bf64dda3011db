import fc from 'fast-check';
import { anyText } from '../json/arbitraries.ts';

const text = anyText.map((value) => value.slice(0, 400));

const int = fc
  .oneof(
    fc.integer(),
    fc.constantFrom(255, 256, 65535, 65536, 2147483647, -2147483648, -1),
    fc.bigInt({ min: -(2n ** 600n), max: 2n ** 600n }),
  )
  .map((value) => (typeof value === 'number' || Number.isSafeInteger(Number(value)) ? Number(value) : { $int: String(value) }));

const float = fc
  .constantFrom('nan', 'inf', '-inf', '-0.0', '0.0', '1.5', '1e+16', '1e-05', '5e-324', '0.1')
  .map((digits) => ({ $float: digits }));

const bytes = fc.uint8Array({ maxLength: 300 }).map((value) => Buffer.from(value).toString('base64'));

function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0');
}

const date = fc
  .tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
  .map(([year, month, day]) => `${pad(year, 4)}-${pad(month)}-${pad(day)}`);

const time = fc
  .tuple(
    fc.integer({ min: 0, max: 23 }),
    fc.integer({ min: 0, max: 59 }),
    fc.integer({ min: 0, max: 59 }),
    fc.constantFrom(0, 1, 500_000, 999_999),
  )
  .map(([hour, minute, second, micro]) => `${pad(hour)}:${pad(minute)}:${pad(second)}${micro === 0 ? '' : `.${pad(micro, 6)}`}`);

const datetime = fc.tuple(date, time, fc.constantFrom('', '+00:00', '+05:30', '-03:00', '+00:00:30')).map(([day, clock, zone]) => ({
  $datetime: `${day}T${clock}${zone}`,
  tz: zone === '' ? null : `timezone:UTC${zone === '+00:00' ? '' : zone}`,
}));

const leaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  int,
  float,
  text,
  bytes.map((value) => ({ $bytes: value })),
  bytes.map((value) => ({ $bytearray: value })),
  datetime,
  date.map((value) => ({ $date: value })),
  time.map((value) => ({ $time: value })),
  fc
    .tuple(fc.integer({ min: -999_999_999, max: 999_999_998 }), fc.integer({ min: 0, max: 86_399 }), fc.integer({ min: 0, max: 999_999 }))
    .map((value) => ({ $timedelta: value })),
  fc
    .constantFrom('1.10', '-0', 'NaN', 'Infinity', '1E+30', '0.000001', '1E-7', '12345678901234567890.5')
    .map((value) => ({ $decimal: value })),
  fc.uuid().map((value) => ({ $uuid: value })),
  fc.constantFrom(['1.0', '-2.5'], ['0.0', '-0.0'], ['nan', 'inf']).map((value) => ({ $complex: value })),
);

/** Text that sorts alike by code units and in Python, for sets, whose notation is sorted. */
const member = fc.oneof(fc.integer({ min: 100, max: 999 }), fc.stringMatching(/^[a-z]{1,8}$/));

const members = fc
  .uniqueArray(member, { maxLength: 5 })
  .map((items) => [...items].sort((a, b) => compare(typeof a, typeof b) || compare(a, b)));

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function entries(value: fc.Arbitrary<unknown>): fc.Arbitrary<[string, unknown][]> {
  return fc.uniqueArray(fc.tuple(text, value), { maxLength: 5, selector: ([key]) => key });
}

/** Any plain value of Python in the typed notation. */
export const plainValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(tie('value'), { maxLength: 5 }).map((items) => ({ $tuple: items })),
    entries(tie('value')).map((pairs) => ({ $dict: pairs })),
    entries(tie('value')).map((pairs) => ({ $ordereddict: pairs })),
    members.map((items) => ({ $set: items })),
    members.map((items) => ({ $frozenset: items })),
  ),
})).value;
