/**
 * Python's repr() of a float: the shortest digits that read back as the same number, exponent form where the exponent
 * is below -4 or above 15, always with a point or an exponent. CPython float_repr(), all versions.
 */
export function floatRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  // Both engines make the shortest digits; only their layout differs.
  const [mantissa = '0', exponentText = '0'] = value.toExponential().split('e');
  const sign = Object.is(value, -0) || value < 0 ? '-' : '';
  const digits = mantissa.replace('-', '').replace('.', '');
  const exponent = Number(exponentText);
  return sign + (exponent < -4 || exponent >= 16 ? withExponent(digits, exponent) : withoutExponent(digits, exponent));
}

function withExponent(digits: string, exponent: number): string {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  const size = String(Math.abs(exponent)).padStart(2, '0');
  return `${digits.charAt(0)}${fraction}e${exponent < 0 ? '-' : '+'}${size}`;
}

function withoutExponent(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${whole}.${digits.slice(exponent + 1) || '0'}`;
}

/**
 * A float as a person or Python types it (`float(text)`, without underscores), or null where Python would refuse it.
 * What is too large becomes an infinity, as in Python.
 */
export function readFloat(text: string): number | null {
  const word = text.trim().toLowerCase();
  const named = /^([+-]?)(?:(nan)|inf(?:inity)?)$/.exec(word);
  if (named !== null) return named[2] === 'nan' ? Number.NaN : named[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(word) ? Number(word) : null;
}
