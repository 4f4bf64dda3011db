import type { SigningContext } from '../django/cells.ts';
import { STOCK_CLASS } from '../django/session-data.ts';
import type { SigningKeys } from '../django/signing.ts';
import { InspectorError } from '../errors.ts';
import type { Request } from './request.ts';

/** What a reader of values goes by. `now`: epoch seconds */
export type Context = Readonly<{ request: Request; keys: SigningKeys; now: number }>;

export function valueBytes({ value, value_base64 }: Request): Uint8Array {
  if (typeof value_base64 === 'string') return Buffer.from(value_base64, 'base64');
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  throw new InspectorError('BadRequest', 'There is no value', { hint: 'Give it as `value`, or as `value_base64` where it is no text.' });
}

export function valueText(request: Request): string {
  if (typeof request.value === 'string') return request.value;
  return Buffer.from(valueBytes(request)).toString('utf8');
}

export function classNameOf({ class_name, class_qualname }: Request): string {
  return class_qualname ?? class_name ?? STOCK_CLASS;
}

export function signingContext({ request, keys }: Context): SigningContext {
  const salt = request.cookie_salt ?? request.salt ?? undefined;
  return { keys, class_name: classNameOf(request), salt, cookie_name: request.cookie_name ?? undefined };
}
