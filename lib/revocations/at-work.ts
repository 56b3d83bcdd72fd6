// What this process is at: identities it works on, and how many of them wait for each system.

/** Identities worked on at the same time in one system: one that does not answer holds up so many and no more. */
const MOST_IN_ONE = 8;
const MOST_IDENTITIES = 64;

const inSystem = new Map<string, number>();
const works = new Map<string, Promise<void>>();

/** Systems that take no more at the moment. */
export const crowded = (): string[] => [...inSystem].flatMap(([id, n]) => (n >= MOST_IN_ONE ? [id] : []));

/** Counts what is done in one system as long as it is done. */
export async function within<T>(connectorId: string, work: () => Promise<T>): Promise<T> {
  inSystem.set(connectorId, (inSystem.get(connectorId) ?? 0) + 1);
  try {
    return await work();
  } finally {
    const left = inSystem.get(connectorId)! - 1;
    if (left > 0) inSystem.set(connectorId, left);
    else inSystem.delete(connectorId);
  }
}

/** Begins work on an identity and does not wait for it. undefined: it is at it already, or takes no more. */
export function begin(identityId: string, work: () => Promise<unknown>, failed: (error: unknown) => void) {
  if (works.has(identityId) || works.size >= MOST_IDENTITIES) return undefined;
  const done = work()
    .then(() => undefined, failed)
    .finally(() => works.delete(identityId));
  works.set(identityId, done);
  return done;
}

/** When all that was begun has ended. */
export const rest = async (): Promise<void> => {
  while (works.size > 0) await Promise.all(works.values());
};
