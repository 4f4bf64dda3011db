import { InspectorError } from '../../../errors.ts';

/** @param at byte offset in the pickle */
export function corrupt(at: number, what: string): InspectorError {
  return new InspectorError('Corrupt', `Not a readable pickle: at byte ${at}, ${what}`, {
    hint: 'Django cannot load it either; the raw bytes can be copied, and the session can be deleted.',
  });
}

/** @param at byte offset in the pickle */
export function unsupported(at: number, what: string): InspectorError {
  return new InspectorError('UnsupportedFormat', `Not a readable pickle: at byte ${at}, ${what}; Python reads protocols 0 to 5`, {
    hint: 'The bytes may be of another format; check the serializer in the profile.',
  });
}

/** @param subject what was not done because of it */
export function limit(what: string, subject = 'Pickle not read'): InspectorError {
  return new InspectorError('LimitExceeded', `${subject}: ${what}`, {
    hint: 'The raw bytes can be copied, and the session can be deleted.',
  });
}

export function notEditable(why: string, hint = 'Remove the whole value, or set it to a new one.'): InspectorError {
  return new InspectorError('NotEditable', why, { hint });
}

export function badValue(why: string, hint: string): InspectorError {
  return new InspectorError('BadValue', why, { hint });
}
