import type { Warning } from '../../document.ts';
import { type Sentence, say } from '../../sentences.ts';
import { callOf } from './call.ts';
import { isKnownName, knownShape } from './known.ts';
import { TRANSLATION } from './known-django.ts';
import { pathOf, pythonName } from './names.ts';
import { KIND, OP } from './opcodes.ts';
import { shapeOf, TOOLS } from './shapes.ts';
import { fillingsOf, kindOfObject, objectIn, opAt, operandsOf, type Tape } from './tape.ts';
import { asciiOf } from './values.ts';

/** Names listed in one warning. */
const MOST_NAMES = 12;
/** A memo index so far beyond the memo's size makes CPython reserve memory for all that lie between. */
const LARGE_MEMO = 1_000_000;

/** What a person should know before they trust or load this pickle. @param nodes more values than this are a bomb */
export function warningsOf(tape: Tape, nodes: number): readonly Warning[] {
  const warnings: Warning[] = [];
  const add = (code: Warning['code'], says: Sentence) => warnings.push({ code, says });
  const { calls, imports, refused } = survey(tape);
  if (calls.size > 0) add('runs-code', say('warning-calls', { names: firstOf(calls) }));
  if (imports.size > 0) add('imports', say('warning-imports', { names: firstOf(imports) }));
  const left = Math.max(0, calls.size - MOST_NAMES) + Math.max(0, imports.size - MOST_NAMES);
  if (left > 0) add(calls.size > MOST_NAMES ? 'runs-code' : 'imports', say('warning-and-more', { count: left }));
  const trailing = tape.bytes.length - tape.end;
  if (trailing > 0) add('trailing-bytes', say('warning-trailing', { count: trailing }));
  if (!isDict(tape)) add('not-a-dict', say('warning-not-a-dict'));
  if (tape.expanded > nodes) add('expands', say('warning-shared'));
  if (tape.memo.highest > LARGE_MEMO + tape.count) add('expands', say('warning-memo', { index: tape.memo.highest }));
  for (const reason of refused) add('odd', say(reason));
  return warnings;
}

/** Values with which pickle.loads() fails, as Django calls it. */
type Refused = 'warning-persistent-id' | 'warning-extension' | 'warning-buffer' | 'warning-python2';
type Survey = { calls: Set<string>; imports: Set<string>; refused: Set<Refused> };

function survey(tape: Tape): Survey {
  const found: Survey = { calls: new Set(), imports: new Set(), refused: new Set() };
  const heads = new Set<number>();
  for (let object = 0; object < tape.count; object += 1) {
    const kind = kindOfObject(tape, object);
    if (kind === KIND.CALL || kind === KIND.NEW || kind === KIND.INST) surveyCall(tape, object, found, heads);
  }
  for (let object = 0; object < tape.count; object += 1) surveyOther(tape, object, found, heads);
  return found;
}

function surveyCall(tape: Tape, object: number, found: Survey, heads: Set<number>): void {
  const call = callOf(tape, object);
  if (call.head !== null) heads.add(objectIn(tape, call.head));
  const operands = operandsOf(tape, object);
  if (opAt(tape, object) !== OP.INST) heads.add(objectIn(tape, operands[0] ?? 0));
  if (knownShape(call, TOOLS) !== null) return;
  const outer = opAt(tape, object) === OP.INST ? null : pathOf(tape, objectIn(tape, operands[0] ?? 0));
  found.calls.add(call.path ?? outer ?? 'what another call returns');
}

function surveyOther(tape: Tape, object: number, found: Survey, heads: ReadonlySet<number>): void {
  if (kindOfObject(tape, object) !== KIND.GLOBAL) {
    surveyRefused(tape, object, found.refused);
    return;
  }
  const name = pythonName(tape, object);
  if (fillingsOf(tape, object).length > 0) found.calls.add(`${name} (to change it)`);
  else if (!heads.has(object) && !isKnownName(name) && !TRANSLATION.test(name)) found.imports.add(name);
}

function surveyRefused(tape: Tape, object: number, refused: Set<Refused>): void {
  switch (kindOfObject(tape, object)) {
    case KIND.PERSID:
      return void refused.add('warning-persistent-id');
    case KIND.EXTENSION:
      return void refused.add('warning-extension');
    case KIND.BUFFER:
      return void refused.add('warning-buffer');
    case KIND.STR2:
      if (asciiOf(tape, object) === null) refused.add('warning-python2');
      return;
    default:
      return;
  }
}

function firstOf(names: ReadonlySet<string>): string {
  return [...names].slice(0, MOST_NAMES).join(', ');
}

function isDict(tape: Tape): boolean {
  const { type } = shapeOf(tape, tape.root);
  return type === 'dict' || type === 'OrderedDict' || type === 'defaultdict';
}

/** Why Python refuses to load what can be read here, or null. */
export function refusalOf(tape: Tape): string | null {
  const refused = new Set<Refused>();
  for (let object = 0; object < tape.count; object += 1) surveyRefused(tape, object, refused);
  const [first] = refused;
  return first === undefined ? null : say(first).message;
}
