import type { ValueNode } from '../../document.ts';
import { english } from '../../sentences.ts';

/** Python-like text of a typed tree, one entry a line, for reading and copying. */
export function pythonText(node: ValueNode, indent = ''): string {
  const children = node.children ?? [];
  if (node.type !== 'dict' && node.type !== 'list') return scalarText(node);
  const [open, close] = node.type === 'dict' ? '{}' : '[]';
  if (children.length === 0 && node.omitted === undefined) return `${open}${close}`;
  const inner = `${indent}    `;
  const lines = children.map(
    ({ key, value }) => `${inner}${key === undefined ? '' : `${pythonText(key, inner)}: `}${pythonText(value, inner)},`,
  );
  if (node.omitted !== undefined) lines.push(`${inner}# ${node.omitted} more`);
  return `${open}\n${lines.join('\n')}\n${indent}${close}`;
}

function scalarText(node: ValueNode): string {
  const text = node.text ?? '';
  if (node.type === 'str') return strRepr(text);
  if (node.type === 'bytes') return bytesRepr(text);
  if (node.type !== 'extension') return text;
  return `${(node.class ?? '').replace('msgpack.ext.', '')}(${bytesRepr(text)})  # ${english(node.notes ?? [])}`;
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Python's repr() of a str; what is not printable in ASCII and not a letter of some script is escaped. */
function strRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replace(/[\\\p{C}\p{Z}'"]/gu, (character) => {
    if (character === ' ') return character;
    if (character === '\\' || character === quote) return `\\${character}`;
    if (character === "'" || character === '"') return character;
    return SHORT[character] ?? escapeCharacter(character.codePointAt(0) ?? 0);
  });
  return `${quote}${body}${quote}`;
}

function escapeCharacter(point: number): string {
  if (point < 0x100) return `\\x${point.toString(16).padStart(2, '0')}`;
  return point < 0x10000 ? `\\u${point.toString(16).padStart(4, '0')}` : `\\U${point.toString(16).padStart(8, '0')}`;
}

/** Python's repr() of bytes. @param base64 as ValueNode.text has them */
function bytesRepr(base64: string): string {
  const text = Buffer.from(base64, 'base64').toString('latin1');
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replace(/[^ -~]|[\\'"]/g, (character) => {
    if (character === '\\' || character === quote) return `\\${character}`;
    if (character === "'" || character === '"') return character;
    return SHORT[character] ?? escapeCharacter(character.charCodeAt(0));
  });
  return `b${quote}${body}${quote}`;
}
