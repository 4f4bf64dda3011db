import { readFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';
import type {} from './fixtures-table.ts';

type Cell = { passed: number; total: number };
type Table = Map<string, Map<string, Cell>>;

/**
 * Prints, after a run that tested fixtures, how many entries of test/fixtures/manifest.json passed: kinds down, Django
 * versions across. Kinds whose tests were not part of the run show 0 of their entries.
 */
export class FixturesReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const table = emptyTable();
    /** whether all tests of an entry passed: several files may test one */
    const entries = new Map<string, { cell: Cell; passed: boolean }>();
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { fixture } = test.meta();
        const cell = fixture === undefined ? undefined : table.get(fixture.kind)?.get(fixture.django);
        if (cell === undefined) continue;
        const { id } = fixture as NonNullable<typeof fixture>; // a cell was found by it
        const passed = test.result().state === 'passed' && entries.get(id)?.passed !== false;
        entries.set(id, { cell, passed });
      }
    }
    for (const { cell, passed } of entries.values()) if (passed) cell.passed += 1;
    if (entries.size > 0) process.stdout.write(`${render(table)}\n`);
  }
}

function emptyTable(): Table {
  const text = readFileSync(new URL('../fixtures/manifest.json', import.meta.url), 'utf8');
  const { entries } = JSON.parse(text) as { entries: readonly { kind: string; django: string | null }[] };
  const table: Table = new Map();
  for (const { kind, django } of entries) {
    const row = table.get(kind) ?? new Map<string, Cell>();
    table.set(kind, row);
    const cell = row.get(django ?? 'any') ?? { passed: 0, total: 0 };
    row.set(django ?? 'any', cell);
    cell.total += 1;
  }
  return new Map([...table].sort(([a], [b]) => a.localeCompare(b)));
}

function render(table: Table): string {
  const versions = [...new Set([...table.values()].flatMap((row) => [...row.keys()]))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  const lines = [['fixtures made by Django', ...versions, 'all']];
  const sums = new Map<string, Cell>();
  for (const [kind, row] of table) {
    lines.push([kind, ...versions.map((version) => cellText(row.get(version))), cellText(sum([...row.values()]))]);
    for (const [version, cell] of row) sums.set(version, sum([sums.get(version) ?? { passed: 0, total: 0 }, cell]));
  }
  lines.push(['all kinds', ...versions.map((version) => cellText(sums.get(version))), cellText(sum([...sums.values()]))]);
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  const rows = lines.map((line) =>
    line.map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0))).join('  '),
  );
  return `\n${rows.join('\n')}\n`;
}

function cellText(cell: Cell | undefined): string {
  if (cell === undefined) return '';
  return cell.passed === cell.total ? String(cell.total) : `${cell.passed}/${cell.total}`;
}

function sum(cells: readonly Cell[]): Cell {
  return cells.reduce((total, cell) => ({ passed: total.passed + cell.passed, total: total.total + cell.total }), { passed: 0, total: 0 });
}
