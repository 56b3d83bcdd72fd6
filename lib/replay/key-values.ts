import type { CompiledSet, Meter } from '@/lib/policies/compiled-model';
import { probe } from '@/lib/replay/attacker';
import type { MeterKey } from '@/lib/replay/meter-keys';
import type { WorldAsk } from '@/lib/replay/model';

interface Asked {
  key: MeterKey;
  /** What the history has of it. */
  parts: { values: string[] } | null;
  pattern: WorldAsk;
  set: CompiledSet;
  meter: Meter;
  most: number;
}

/**
 * The keys an attack goes through: the pattern's own (undefined), then those of the history, then made up ones of the same
 * type. A condition of the meter that only knows some values is met by those of the history. Pure.
 */
export function keyValues({ key, parts, pattern, set, meter, most }: Asked): unknown[] {
  const sample = key.names ? valueAt(pattern.request, key.names) : undefined;
  const own = ownPart(key, pattern, set, meter);
  const seen = key.whole ? (parts?.values ?? []).filter((value) => value !== own) : [];
  const values = [undefined, ...seen.map((text) => typed(text, sample))].slice(0, most);
  if (typeof sample === 'boolean') return [undefined, !sample];
  while (values.length < most) {
    const at = values.length + 1;
    values.push(typeof sample === 'number' ? sample + 1_000_000 + at : `key-${at}`);
  }
  return values;
}

const typed = (text: string, sample: unknown): unknown => (typeof sample === 'number' ? Number(text) : text);

const valueAt = (request: object, names: string[]): unknown =>
  names.reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], request);

/** Under which key the pattern itself is counted. */
function ownPart(key: MeterKey, pattern: WorldAsk, set: CompiledSet, meter: Meter): string | null {
  const plan = { pattern, sets: [set], dimension: key.dimension, names: key.names, values: [undefined] };
  const judged = probe({ ...plan, keys: 1, attribute: null, scale: 0 }, 0);
  const found = judged.exposures.find((one) => one.set === set.name && one.meter === meter.name);
  if (!found) return null;
  return key.part === null ? found.key : ((JSON.parse(found.key) as string[])[key.part] ?? null);
}
