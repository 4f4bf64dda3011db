import { identifyRequest } from '../../src/main/cli/identify.ts';
import { readRequest } from '../../src/main/cli/request.ts';
import { type CacheFormat, decodeCacheValue } from '../../src/main/django/cache-values.ts';
import { decompress, detectCompression } from '../../src/main/django/compressors/compressors.ts';
import { diagnose, evidenceOf } from '../../src/main/django/diagnose.ts';
import type { Limits, SessionDocument } from '../../src/main/django/document.ts';
import { identify } from '../../src/main/django/identify.ts';
import { fromisoformat } from '../../src/main/django/iso-format.ts';
import { parseMessages } from '../../src/main/django/messages.ts';
import { readPaste } from '../../src/main/django/paste.ts';
import { parseResetToken } from '../../src/main/django/reset-token.ts';
import { parseCachePayload } from '../../src/main/django/serializers/detect.ts';
import { parseJson } from '../../src/main/django/serializers/json/document.ts';
import { parseMsgpack } from '../../src/main/django/serializers/msgpack/document.ts';
import { parsePickle } from '../../src/main/django/serializers/pickle/document.ts';
import { decodeStored } from '../../src/main/django/session-data.ts';
import { SigningKeys } from '../../src/main/django/signing.ts';
import { InspectorError } from '../../src/main/errors.ts';

/** Lower than the app's, so that random inputs reach them. */
export const FUZZ_LIMITS: Limits = {
  storedBytes: 256 * 1024,
  payloadBytes: 1024 * 1024,
  depth: 100,
  nodes: 20_000,
  viewNodes: 500,
  milliseconds: 1000,
};

/** A decoder as the fuzzer drives it. `run` throws InspectorError for what it refuses; anything else is a defect. */
export type Target = Readonly<{
  name: string;
  seeds: 'stored' | 'json' | 'pickle' | 'msgpack' | 'cache' | 'compressed' | 'text';
  run: (input: Buffer) => void;
}>;

/** What breaks a promise of a decoder, rather than a rule of its format. */
export class BrokenPromise extends Error {}

const KEYS = new SigningKeys(['fuzz', 'old']);
const clock = () => performance.now();

const CACHES: readonly CacheFormat['BACKEND'][] = [
  'RedisCache',
  'django_redis',
  'PyMemcacheCache',
  'PyLibMCCache',
  'MemcachedCache',
  'DatabaseCache',
  'FileBasedCache',
];

export const TARGETS: readonly Target[] = [
  { name: 'stored session', seeds: 'stored', run: runStored },
  {
    name: 'identify',
    seeds: 'text',
    run: (input) => void identify(input.toString('utf8'), { keys: KEYS, cookie_name: 'sessionid', limits: FUZZ_LIMITS }),
  },
  { name: 'paste', seeds: 'text', run: (input) => atMost(200, readPaste(input.toString('utf8')).length, 'pasted values') },
  { name: 'command line', seeds: 'text', run: runLine },
  { name: 'JSON', seeds: 'json', run: (input) => runDocument(parseJson(input, { limits: FUZZ_LIMITS })) },
  { name: 'JSON of caches', seeds: 'json', run: (input) => runDocument(parseJson(input, { encoding: 'utf8', limits: FUZZ_LIMITS })) },
  { name: 'JSON text', seeds: 'json', run: runJsonText },
  { name: 'pickle', seeds: 'pickle', run: (input) => runDocument(parsePickle(input, FUZZ_LIMITS, clock)) },
  { name: 'MessagePack', seeds: 'msgpack', run: (input) => runDocument(parseMsgpack(input, FUZZ_LIMITS)) },
  { name: 'cache entry', seeds: 'cache', run: runCache },
  { name: 'compressors', seeds: 'compressed', run: runCompressed },
  { name: 'small forms', seeds: 'text', run: runSmallForms },
];

function runStored(input: Buffer): void {
  const stored = decodeStored(input, { keys: KEYS, limits: FUZZ_LIMITS });
  diagnose(evidenceOf(stored, KEYS.length));
  if (stored.problem !== null) throw stored.problem;
  atMost(FUZZ_LIMITS.payloadBytes, stored.payload?.length ?? 0, 'bytes of payload');
}

/** Everything the window asks of a document. */
function runDocument(document: SessionDocument): void {
  atMost(FUZZ_LIMITS.viewNodes, countNodes(document.view()), 'nodes of a view');
  document.at([]);
  document.find('_auth_user_id');
  document.typed();
  atMost(1000, document.warnings.length, 'warnings');
  const text = document.text();
  if (document.serializer !== 'json') return;
  const same = document.edit({ op: 'text', text }).payload;
  if (!Buffer.from(same).equals(document.payload)) throw new BrokenPromise('the unchanged text changed the payload');
}

function runJsonText(input: Buffer): void {
  const text = input.toString('utf8');
  const document = parseJson(Buffer.from('{"a":1.50,"b":["\\/",{"c":-0}],"a":[1E5]}'), { limits: FUZZ_LIMITS });
  runDocument(document.edit({ op: 'text', text }));
}

function runCache(input: Buffer): void {
  const BACKEND = CACHES[(input[0] ?? 0) % CACHES.length] ?? 'RedisCache';
  const format: CacheFormat = { BACKEND, DJANGO_VERSION: '5.2', SERIALIZER: 'auto', COMPRESSOR: 'auto', limits: FUZZ_LIMITS };
  const value = decodeCacheValue(input, format, (input[1] ?? 0) % 32);
  atMost(FUZZ_LIMITS.payloadBytes, value.payload.length, 'bytes of payload');
  if (value.serializer === 'json' || value.serializer === 'pickle' || value.serializer === 'msgpack') {
    runDocument(parseCachePayload(value.payload, value.serializer, FUZZ_LIMITS, clock));
  }
}

function runCompressed(input: Buffer): void {
  const compression = detectCompression(input);
  if (compression === null) throw new InspectorError('UnsupportedFormat', 'no compression');
  atMost(FUZZ_LIMITS.payloadBytes, decompress(compression, input, { outputBytes: FUZZ_LIMITS.payloadBytes }).length, 'bytes of output');
}

function runLine(input: Buffer): void {
  const line =
    input.length % 2 === 0 ? input.toString('utf8') : JSON.stringify({ value: input.toString('latin1'), secret: 'fuzz', max_age: 60 });
  JSON.stringify(identifyRequest(readRequest(line), KEYS, 1_700_000_000), (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

function runSmallForms(input: Buffer): void {
  const text = input.toString('utf8');
  parseResetToken(text);
  fromisoformat(text);
  parseMessages(text, FUZZ_LIMITS);
}

function atMost(limit: number, value: number, what: string): void {
  if (value > limit) throw new BrokenPromise(`${value} ${what}, more than ${limit}`);
}

function countNodes(root: ReturnType<SessionDocument['view']>): number {
  let count = 0;
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    count += 1;
    for (const { key, value } of node.children ?? []) {
      if (key !== undefined) open.push(key);
      open.push(value);
    }
  }
  return count;
}
