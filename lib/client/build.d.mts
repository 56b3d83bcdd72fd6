/** Everything that is built from the client's sources: file name → text. */
export function build(): Record<string, string>;
