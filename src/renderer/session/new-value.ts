import type { Edit, SerializerName, ValueNode } from '../../preload/api.ts';

export type NewValue = Extract<Edit, { op: 'set' }>['value'];
export type NewType = NewValue['type'];

const JSON_TYPES: readonly NewType[] = ['str', 'int', 'float', 'bool', 'NoneType', 'json'];
const MSGPACK_TYPES: readonly NewType[] = [...JSON_TYPES, 'bytes'];
const PICKLE_TYPES: readonly NewType[] = [...JSON_TYPES, 'bytes', 'datetime', 'date', 'time', 'Decimal', 'UUID', 'tuple'];

/** Types a person can enter, by what the serializer holds. */
export function newTypes(serializer: SerializerName): readonly NewType[] {
  if (serializer === 'pickle') return PICKLE_TYPES;
  return serializer === 'msgpack' ? MSGPACK_TYPES : JSON_TYPES;
}

const KEY_TYPES: readonly NewType[] = ['str', 'int', 'float', 'bool', 'NoneType'];

/** Types of keys: JSON has texts only. */
export function keyTypes(serializer: SerializerName): readonly NewType[] {
  return serializer === 'json' ? ['str'] : KEY_TYPES;
}

const SPECIAL: Readonly<Record<string, string>> = { inf: 'Infinity', '-inf': '-Infinity', nan: 'NaN' };

/** A value as JSON text that keeps number tokens; null where JSON cannot hold it or the view does not have all of it. */
export function nodeJson(node: ValueNode): string | null {
  if (node.omitted) return null;
  switch (node.type) {
    case 'NoneType':
      return 'null';
    case 'bool':
      return node.text === 'True' ? 'true' : 'false';
    case 'int':
      return node.text ?? null;
    case 'float':
      return SPECIAL[node.text ?? ''] ?? node.text ?? null;
    case 'str':
      return JSON.stringify(node.text ?? '');
    case 'list':
      return joined('[', ']', node, (child) => nodeJson(child.value));
    case 'dict':
      return joined('{', '}', node, (child) => {
        const value = nodeJson(child.value);
        return child.key?.type !== 'str' || value === null ? null : `${JSON.stringify(child.key.text ?? '')}: ${value}`;
      });
    default:
      return null;
  }
}

function joined(
  open: string,
  close: string,
  node: ValueNode,
  write: (child: NonNullable<ValueNode['children']>[number]) => string | null,
): string | null {
  const parts = (node.children ?? []).map(write);
  return parts.some((part) => part === null) ? null : `${open}${parts.join(', ')}${close}`;
}

/** What the editor of a value begins with. */
export function editorStart(node: ValueNode, serializer: SerializerName): NewValue {
  const type = newTypes(serializer).find((candidate) => candidate === node.type);
  if (type && type !== 'tuple') return { type, text: node.text ?? '' };
  return { type: 'json', text: nodeJson(node) ?? '' };
}
