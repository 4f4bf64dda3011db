import { say } from '../../sentences.ts';
import { type Call, isBare } from './call.ts';
import { contentsOf } from './contents.ts';
import { pathOf } from './names.ts';
import { KIND } from './opcodes.ts';
import { kindIn, type Recogniser, stateObject } from './recognise.ts';
import { leaf, type Shape } from './shape.ts';
import type { Tools } from './shapes.ts';
import { kindOfObject, objectIn, operandsOf } from './tape.ts';
import { strOf } from './values.ts';

/** Calls of Django's own that make plain data. */
export const DJANGO_CALLS: Readonly<Record<string, Recogniser>> = {
  'django.utils.functional._lazy_proxy_unpickle': lazyText,
  'django.db.models.base.model_unpickle': model,
};

/** Classes of Django's own that are plain data. */
export const DJANGO_MADE: Readonly<Record<string, Recogniser>> = {
  'django.db.models.base.ModelState': stateObject,
  'django.contrib.messages.storage.base.Message': stateObject,
  'django.utils.safestring.SafeString': safeString,
  'django.utils.safestring.SafeText': safeString,
  'django.utils.datastructures.MultiValueDict': multiValueDict,
  'django.http.request.QueryDict': multiValueDict,
};

/** What a lazy text may call when it is shown; any other function there would run. */
export const TRANSLATION = /^django\.utils\.translation\.(u?gettext|u?ngettext|pgettext|npgettext|gettext_noop)$/;

/** Columns that no model has: Django's own entries in the state of an instance. */
const NOT_FIELDS: ReadonlySet<string> = new Set(['_state', '_django_version', '_prefetched_objects_cache']);

/** django/utils/functional.py lazy() __reduce__(), 2.2 to 6.1: (function, args, kwargs, result classes). */
function lazyText(call: Call): Shape | null {
  const { tape } = call;
  const [head, args, kwargs] = call.args ?? [];
  if (!isBare(call) || head === undefined || args === undefined || kindIn(tape, args) !== KIND.TUPLE || kindIn(tape, kwargs) !== KIND.DICT)
    return null;
  const path = pathOf(tape, objectIn(tape, head));
  if (path === null || !TRANSLATION.test(path)) return null;
  const texts = operandsOf(tape, objectIn(tape, args)).map((slot) => objectIn(tape, slot));
  const source = texts.find((object) => kindOfObject(tape, object) === KIND.STR);
  if (source === undefined) return null;
  const text = strOf(tape, source);
  const name = path.slice(path.lastIndexOf('.') + 1);
  return {
    type: 'lazy',
    text,
    class: path,
    typed: null,
    notes: [say('note-lazy')],
    repr: `${name}_lazy(${JSON.stringify(text)})`,
  };
}

/** django/utils/safestring.py: a str that templates do not escape. */
function safeString(call: Call): Shape | null {
  const [value] = call.args ?? [];
  const made = call.via === 'new' || call.base === 'builtins.str';
  if (!made || !isBare(call) || call.args?.length !== 1 || kindIn(call.tape, value) !== KIND.STR) return null;
  const text = strOf(call.tape, objectIn(call.tape, value ?? 0));
  return leaf('str', text, { $str: text, class: call.path }, { class: call.path ?? '', notes: [say('note-safe')] });
}

/**
 * A model instance. django/db/models/base.py Model.__reduce__(), 2.2 to 6.1: the model is named by app label and name,
 * the columns are its state. The primary key is shown where it is called id, as it is unless a model says otherwise.
 */
function model(call: Call): Shape | null {
  const { tape } = call;
  const { states, items, keys, members } = call.contents;
  const [label] = call.args ?? [];
  const [state] = states;
  if (call.args?.length !== 1 || states.length > 1 || items.length + keys.length + members.length > 0) return null;
  const names = kindIn(tape, label) === KIND.TUPLE ? operandsOf(tape, objectIn(tape, label ?? 0)) : [];
  if (names.length !== 2 || names.some((slot) => kindIn(tape, slot) !== KIND.STR)) return null;
  if (state !== undefined && kindIn(tape, state) !== KIND.DICT) return null;
  const path = names.map((slot) => strOf(tape, objectIn(tape, slot))).join('.');
  const object = objectIn(tape, state ?? 0);
  return {
    type: 'model',
    class: path,
    ...(state === undefined ? { parts: [], labels: [] } : fieldsOf(call, object)),
    notes: [say('note-model')],
  };
}

function fieldsOf(call: Call, object: number): Pick<Shape, 'parts' | 'labels' | 'container'> {
  const { tape } = call;
  const { keys, values } = contentsOf(tape, object);
  const fields = new Map<string, number>();
  for (const [index, key] of keys.entries()) {
    const name = kindIn(tape, key) === KIND.STR ? strOf(tape, objectIn(tape, key)) : '';
    if (name !== '' && !NOT_FIELDS.has(name)) fields.set(name, values[index] ?? 0);
  }
  const fixed = 'The columns of a model cannot be added, removed or renamed, only set';
  return { parts: [...fields.values()], labels: [...fields.keys()], container: { kind: 'dict', object, fixed } };
}

/** django/utils/datastructures.py MultiValueDict.__getstate__(), 2.2 to 6.1: the lists are in the state, under _data. */
function multiValueDict(call: Call, tools: Tools): Shape | null {
  const shape = stateObject({ ...call, contents: { ...call.contents, keys: [], values: [] } });
  const { keys, values, items, members, states } = call.contents;
  if (shape === null || states.length !== 1 || items.length + members.length > 0 || call.args?.length !== 0) return null;
  const dictitems = tools.dictShape(call.tape, 'dict', call.object, keys, values);
  return { ...shape, parts: [dictitems, ...(shape.parts ?? [])], labels: ['dictitems', ...(shape.labels ?? [])], typed: undefined };
}
