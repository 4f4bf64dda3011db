/** pickle.dumps(value, protocol=4) for what JSON can say, so that a cache's stores can be tried without the codec. */
export function pickled(value: unknown): Buffer {
  return Buffer.concat([Buffer.from([0x80, 4]), part(value), Buffer.from('.')]);
}

function part(value: unknown): Buffer {
  if (value === null) return Buffer.from('N');
  if (typeof value === 'boolean') return Buffer.from([value ? 0x88 : 0x89]);
  if (typeof value === 'string') {
    const text = Buffer.from(value, 'utf8');
    return Buffer.concat([head('X', text.length), text]);
  }
  if (typeof value === 'number') return Number.isInteger(value) ? head('J', value) : float(value);
  if (Array.isArray(value)) return Buffer.concat([Buffer.from(']('), ...value.map(part), Buffer.from('e')]);
  const items = Object.entries(value as Record<string, unknown>).flatMap(([key, item]) => [part(key), part(item)]);
  return Buffer.concat([Buffer.from('}('), ...items, Buffer.from('u')]);
}

function head(opcode: string, number: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.write(opcode, 'latin1');
  bytes.writeInt32LE(number, 1);
  return bytes;
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes.write('G', 'latin1');
  bytes.writeDoubleBE(value, 1);
  return bytes;
}
