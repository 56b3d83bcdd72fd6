import type { Notes } from '@/lib/connectors/contract';

/** A notebook for a suite that opens connections by itself: kept as text, as the real one is, so that nothing is shared. */
export function testingNotes(): Notes {
  const kept = new Map<string, string>();
  return {
    read: async (key) => JSON.parse(kept.get(key) ?? 'null'),
    write: async (key, value) => void kept.set(key, JSON.stringify(value)),
    remove: async (key) => void kept.delete(key),
  };
}
