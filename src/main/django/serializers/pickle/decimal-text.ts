/**
 * str(Decimal(text)), or null where Python refuses the text. Lib/_pydecimal.py __str__(), 3.11: plain digits while the
 * number is not much smaller than one, else one digit before the point and an exponent.
 */
export function decimalText(text: string): string | null {
  const special = /^([+-]?)(?:(inf)(?:inity)?|(s?)nan(\d*))$/i.exec(text);
  if (special !== null) {
    const [, sign = '', infinity, signal = '', payload = ''] = special;
    const minus = sign === '-' ? '-' : '';
    return infinity === undefined ? `${minus}${signal === '' ? '' : 's'}NaN${payload.replace(/^0+/, '')}` : `${minus}Infinity`;
  }
  const match = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d{1,15}))?$/.exec(text);
  if (match === null) return null;
  const [, sign = '', whole = '', fraction = match[4] ?? '', , power = '0'] = match;
  const digits = (whole + fraction).replace(/^0+(?=\d)/, '');
  return (sign === '-' ? '-' : '') + withExponent(digits, Number(power) - fraction.length);
}

function withExponent(digits: string, exponent: number): string {
  const left = exponent + digits.length;
  if (exponent <= 0 && left > -6) {
    if (exponent === 0) return digits;
    return left > 0 ? `${digits.slice(0, left)}.${digits.slice(left)}` : `0.${'0'.repeat(-left)}${digits}`;
  }
  const rest = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${digits.charAt(0)}${rest}E${left - 1 < 0 ? '-' : '+'}${Math.abs(left - 1)}`;
}
