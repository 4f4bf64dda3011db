import { inflateSync } from 'node:zlib';
import { expect } from 'vitest';
import { type PickleDocument, parsePickle } from '../../../../../src/main/django/serializers/pickle/document.ts';
import { InspectorError } from '../../../../../src/main/errors.ts';
import { type Fixture, fixtureText, testFixtures } from '../../../fixtures-table.ts';
import { nodesOf } from './edits.ts';

/** Values that only code of the site, or its active language, could tell; all others must be told. */
const UNTOLD =
  /^(custom|custom_cookie|custom_cycle|enum|kwnew|lazy|lazy_in_dict|namedtuple|ordered|ordered_cookie|reduced|session_mix|slots|subclasses)(_p\d)?$/;

function bytesOf(fixture: Fixture): Buffer {
  const compressed = fixture['pickle_zlib_b64'];
  if (typeof compressed === 'string') return inflateSync(Buffer.from(compressed, 'base64'));
  return Buffer.from(fixtureText(fixture, 'pickle_b64'), 'base64');
}

function nameOf(fixture: Fixture): string {
  return fixture.id.slice(fixture.id.lastIndexOf('/') + 1);
}

function checkUnedited(document: PickleDocument, bytes: Buffer): void {
  expect(Buffer.from(document.payload).equals(bytes)).toBe(true);
  const nodes = nodesOf(document.view());
  expect(nodes.length).toBeLessThanOrEqual(20_000);
  const last = nodes.at(-1);
  expect(document.at(last?.path ?? []).type).not.toBe('reference');
  expect(document.text().length).toBeLessThan(1_100_000);
}

function checkTyped(document: PickleDocument, fixture: Fixture): void {
  if (fixture['typed'] === undefined) return;
  if (UNTOLD.test(nameOf(fixture))) expect(document.typed()).toBeNull();
  else expect(document.typed()).toEqual(fixture['typed']);
}

testFixtures('pickle', (fixture) => {
  const bytes = bytesOf(fixture);
  const document = parsePickle(bytes);
  checkUnedited(document, bytes);
  checkTyped(document, fixture);
  if (fixture['structure'] !== undefined) expect(document.structure()).toEqual(fixture['structure']);
  expect(document.calls).toEqual(fixture['calls']);
  expect(document.globals).toEqual(fixture['globals']);
  const { plain_data_only } = fixture['expect'] as { plain_data_only: boolean };
  if (plain_data_only) expect(document.warnings.map(({ code }) => code)).not.toContain('runs-code');
});

testFixtures('session_data_pickle', (fixture) => {
  const bytes = bytesOf(fixture);
  const document = parsePickle(bytes);
  checkUnedited(document, bytes);
  checkTyped(document, fixture);
  expect(document.structure()).toEqual(fixture['structure']);
  expect(document.warnings.map(({ code }) => code)).not.toContain('not-a-dict');
});

type Reader = Readonly<{ ok: boolean; structure?: unknown; calls?: unknown; globals?: unknown; trailing?: number }>;

testFixtures('malicious_pickle', (fixture) => {
  const bytes = bytesOf(fixture);
  const reader = fixture['reader'] as Reader;
  const kind = fixture['class'];
  if (!reader.ok || kind === 'deep') {
    expect(() => parsePickle(bytes)).toThrowError(InspectorError);
    return;
  }
  const document = parsePickle(bytes);
  checkUnedited(document, bytes);
  expect(document.calls).toEqual(reader.calls);
  expect(document.globals).toEqual(reader.globals);
  expect(document.trailing).toBe(reader.trailing);
  if (reader.structure !== undefined) expect(document.structure()).toEqual(reader.structure);
  else expect(document.structure()).toBeUndefined();
  const codes = document.warnings.map(({ code }) => code);
  // newobj_ex makes an empty OrderedDict, only not as Python does.
  if (kind === 'calls') expect(codes).toContain('runs-code');
  if (kind === 'imports') expect(codes).toContain('imports');
  if (kind === 'bomb' || kind === 'memory') expect(codes).toContain('expands');
  expect(document.refusal() !== null).toBe(kind === 'error');
});
