/** `--name value` and bare `--flag` of a command line. Throws on what is not in `known`, so that a misspelt option is not ignored. */
export function options<K extends string>(args: string[], known: Record<K, string>): Record<K, string> {
  const values = { ...known };
  for (let at = 0; at < args.length; at++) {
    const [name, inline] = args[at]!.replace(/^--/, '').split('=', 2) as [K, string | undefined];
    if (!args[at]!.startsWith('--') || !(name in known))
      throw new Error(
        `Unknown option ${args[at]}. There are: ${Object.keys(known)
          .map((one) => `--${one}`)
          .join(', ')}.`,
      );
    const next = args[at + 1];
    const bare = inline === undefined && (next === undefined || next.startsWith('--'));
    values[name] = inline ?? (bare ? 'true' : next!);
    if (inline === undefined && !bare) at++;
  }
  return values;
}

/** The middle value; of an even number the upper of both. NaN without any. */
export const median = (values: number[]): number =>
  values.length ? [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]! : Number.NaN;
