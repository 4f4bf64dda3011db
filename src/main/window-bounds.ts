import { z } from 'zod';

export const SMALLEST = { width: 900, height: 600 } as const;
const USUAL = { width: 1280, height: 800 } as const;

export const WindowState = z.strictObject({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(SMALLEST.width).max(20_000),
  height: z.number().int().min(SMALLEST.height).max(20_000),
  maximized: z.boolean(),
});
export type WindowState = Readonly<z.output<typeof WindowState>>;
type Area = Readonly<{ x: number; y: number; width: number; height: number }>;

/** How much of the title bar must be on a screen for a person to reach it, in points. */
const REACHABLE = 100;

/**
 * Where the window opens: where it was, if that place is still on a screen; else the usual size in the middle.
 * @param areas work areas of the screens
 */
export function boundsToOpen(
  remembered: WindowState | null,
  areas: readonly Area[],
): Readonly<{ width: number; height: number; x?: number; y?: number }> {
  const first = areas[0];
  const fitting = first === undefined ? USUAL : { width: Math.min(USUAL.width, first.width), height: Math.min(USUAL.height, first.height) };
  if (remembered === null) return fitting;
  const area = areas.find((candidate) => reachable(remembered, candidate));
  if (area === undefined) return fitting;
  const { x, y } = remembered;
  return { x, y, width: Math.min(remembered.width, area.width), height: Math.min(remembered.height, area.height) };
}

function reachable(window: WindowState, area: Area): boolean {
  const across = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x);
  return across >= REACHABLE && window.y >= area.y && window.y < area.y + area.height - REACHABLE;
}
