type ClassName = string | false | null | undefined;

/** Names of a CSS module joined into one `className`; falsy ones are left out. */
export function classes(module: Readonly<Record<string, string>>): (...names: readonly ClassName[]) => string {
  return (...names) =>
    names
      .filter((name) => typeof name === 'string')
      .map((name) => module[name] ?? name)
      .join(' ');
}
