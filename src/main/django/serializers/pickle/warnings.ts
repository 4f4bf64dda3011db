import type { Warning } from '../../document.ts';
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
  const add = (code: Warning['code'], message: string) => warnings.push({ code, message });
  const { calls, imports, refused } = survey(tape);
  if (calls.size > 0) add('runs-code', `Loading it calls ${listed(calls)}`);
  if (imports.size > 0) add('imports', `Loading it imports ${listed(imports)}`);
  const trailing = tape.bytes.length - tape.end;
  if (trailing > 0)
    add('trailing-bytes', `${trailing} ${trailing === 1 ? 'byte follows' : 'bytes follow'} the end of the pickle; Python ignores them`);
  if (!isDict(tape)) add('not-a-dict', 'It holds no dict, so it is no session');
  if (tape.expanded > nodes) add('expands', 'It stands for more values than could be written out: its parts are shared again and again');
  if (tape.memo.highest > LARGE_MEMO + tape.count)
    add('expands', `It names memo entry ${tape.memo.highest}, for which Python reserves memory`);
  for (const reason of refused) add('odd', reason);
  return warnings;
}

type Survey = { calls: Set<string>; imports: Set<string>; refused: Set<string> };

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

/** Values with which pickle.loads() fails, as Django calls it. */
function surveyRefused(tape: Tape, object: number, refused: Set<string>): void {
  switch (kindOfObject(tape, object)) {
    case KIND.PERSID:
      return void refused.add('It holds a persistent id, with which Django refuses to load it');
    case KIND.EXTENSION:
      return void refused.add('It holds a code of the extension registry, with which Django refuses to load it');
    case KIND.BUFFER:
      return void refused.add('It needs data from outside of the pickle, without which Django refuses to load it');
    case KIND.STR2:
      if (asciiOf(tape, object) === null) refused.add('It holds 8-bit strings of Python 2 that are not ASCII: Python 3 refuses to load it');
      return;
    default:
      return;
  }
}

function listed(names: ReadonlySet<string>): string {
  const shown = [...names].slice(0, MOST_NAMES).join(', ');
  return names.size > MOST_NAMES ? `${shown} and ${names.size - MOST_NAMES} more` : shown;
}

function isDict(tape: Tape): boolean {
  const { type } = shapeOf(tape, tape.root);
  return type === 'dict' || type === 'OrderedDict' || type === 'defaultdict';
}

/** Why Python refuses to load what can be read here, or null. */
export function refusalOf(tape: Tape): string | null {
  const refused = new Set<string>();
  for (let object = 0; object < tape.count; object += 1) surveyRefused(tape, object, refused);
  return [...refused][0] ?? null;
}
