import type { CompiledSet } from '@/lib/policies/compiled-model';

/** What all active sets declare, by entity. */
export interface Declared {
  subjects: ReadonlyMap<string, Record<string, unknown>>;
  resources: ReadonlyMap<string, Record<string, unknown>>;
}

export const entityKey = (entity: { type: string; id: string }): string => `${entity.type}\n${entity.id}`;

const merged = new WeakMap<CompiledSet[], Declared | null>();

/** Declared properties of all sets together, null when none declares any. Where two sets differ, the first by name holds. */
export function declaredOf(sets: CompiledSet[]): Declared | null {
  const known = merged.get(sets);
  if (known !== undefined) return known;
  const found = sets.some((set) => set.entities)
    ? {
        subjects: collect(sets.flatMap((set) => set.entities?.subjects ?? [])),
        resources: collect(sets.flatMap((set) => set.entities?.resources ?? [])),
      }
    : null;
  merged.set(sets, found);
  return found;
}

function collect(entities: { type: string; id: string; properties?: Record<string, unknown> }[]) {
  const properties = new Map<string, Record<string, unknown>>();
  for (const one of entities) {
    const key = entityKey(one);
    properties.set(key, { ...one.properties, ...properties.get(key) });
  }
  return properties;
}
