import fc from 'fast-check';

/** Text of any UTF-16 units: controls, lone surrogates, the names of Object.prototype's members. */
export const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 6 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('__proto__', 'constructor', 'toString', '', '0', '10', '_auth_user_id', '\u007f', '\ud83d', '\u2028', '</script>'),
);

const int = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.bigInt({ min: -(10n ** 60n), max: 10n ** 60n })).map((value) => {
  return typeof value === 'number' || (value <= 9007199254740991n && value >= -9007199254740991n) ? Number(value) : { $int: String(value) };
});

const FLOATS = ['nan', 'inf', '-inf', '-0.0', '0.0', '1.0', '1e+16', '1e-05', '5e-324', '1.7976931348623157e+308'];

/** A float by its repr; JavaScript's shortest digits are also a float literal of Python's. */
const float = fc
  .oneof(
    fc.double().map((value) => (Number.isNaN(value) ? 'nan' : value.toExponential().replace('Infinity', 'inf'))),
    fc.constantFrom(...FLOATS),
  )
  .map((text) => ({ $float: text }));

/** A value in the typed notation that json.dumps() takes, without duplicate keys. */
export const typedValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(fc.constant(null), fc.boolean(), int, float, anyText),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.uniqueArray(fc.tuple(anyText, tie('value')), { maxLength: 5, selector: ([key]) => key }).map((entries) => ({ $dict: entries })),
  ),
})).value;

/** A dict as sessions are. */
export const typedDict: fc.Arbitrary<{ $dict: readonly (readonly [string, unknown])[] }> = fc
  .uniqueArray(fc.tuple(anyText, typedValue), { maxLength: 8, selector: ([key]) => key })
  .map((entries) => ({ $dict: entries }));

const space = fc.constantFrom('', '', '', ' ', '\n', '\t ', '\r\n');

/** A token spelled as json.dumps() would not: other escapes, other numbers. */
const oddToken = fc.oneof(
  fc.constantFrom(
    '"\\/"',
    '"\\u00E9"',
    '"\\u0041"',
    '"\\u000a"',
    '-0',
    '1E5',
    '1.50',
    '1e400',
    '-1e400',
    '0.1e1',
    'NaN',
    'Infinity',
    '-Infinity',
  ),
  fc
    .string({ unit: fc.constantFrom('a', '\u00e9', '\u00ff', '\u007f', '\\"', '\\\\', '\\n', '\\ud83d', '\\ude00') })
    .map((text) => `"${text}"`),
  fc.bigInt().map(String),
  fc.constantFrom('null', 'true', 'false', '{}', '[]', '""', '0', '-1', '1.0'),
);

/** JSON text as another program might write it: spaces anywhere, odd spellings, keys twice. Latin-1 characters only. */
export const oddJson: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    oddToken,
    fc.array(spaced(tie('value')), { maxLength: 5 }).map((items) => `[${items.join(',')}]`),
    fc
      .array(
        fc.tuple(spaced(keyToken()), spaced(tie('value'))).map(([key, value]) => `${key}:${value}`),
        { maxLength: 5 },
      )
      .map((items) => `{${items.join(',')}}`),
  ),
})).value;

function keyToken(): fc.Arbitrary<string> {
  return fc.constantFrom('"a"', '"b"', '"\\u0061"', '"__proto__"', '"\\u00e9"', '"\u00e9"', '""', '"10"', '"2"');
}

function spaced(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(space, text, space).map((parts) => parts.join(''));
}

/** The same with one character removed, doubled or replaced: mostly no JSON any more. */
export const brokenJson: fc.Arbitrary<string> = fc
  .tuple(
    oddJson,
    fc.nat(),
    fc.constantFrom('', '"', '\\', ',', ':', '{', '}', '[', ']', '0', '-', 'e', '.', '\u0000', '\n', '\u00e9', 'N'),
    fc.nat({ max: 2 }),
  )
  .map(([text, place, character, removed]) => {
    const at = place % (text.length + 1);
    return text.slice(0, at) + character + text.slice(at + removed);
  });
