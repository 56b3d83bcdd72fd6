import type { Looks, Notes } from '@/lib/connectors/contract';

/** A notebook for a suite that opens connections by itself: kept as text, as the real one is, so that nothing is shared. */
export function testingNotes(): Notes {
  const kept = new Map<string, string>();
  return {
    read: async (key) => JSON.parse(kept.get(key) ?? 'null'),
    write: async (key, value) => void kept.set(key, JSON.stringify(value)),
    remove: async (key) => void kept.delete(key),
  };
}

/** The same for what is kept of a look that was cut off. */
export function testingLooks(): Looks & { names(): string[] } {
  const kept = new Map<string, string>();
  const find: Looks['find'] = async (name) => JSON.parse(kept.get(name) ?? 'null');
  return {
    find,
    async keep(name, { id, from, pages }) {
      const before = (await find(name))?.pages.slice(0, from) ?? [];
      kept.set(name, JSON.stringify({ id, pages: [...before, ...pages] }));
    },
    drop: async (name) => void kept.delete(name),
    names: () => [...kept.keys()],
  };
}
