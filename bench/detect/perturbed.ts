import { fact, HOUR, MINUTE, type Recorded } from '@/bench/detect/records';
import type { Scenario } from '@/bench/detect/scenarios';
import { START, VECTORS, type Vector } from '@/bench/detect/vectors';
import { type Chance, chance } from '@/bench/lab/chance';

/** Another last octet of the same network, another version's build, a longer pause, another order of what happens at once, or late. */
function perturbed({ steps, name, kind, type }: Vector, n: number, random: Chance): Recorded[] {
  const who = `vector ${name} ${n}`;
  const octet = random.whole(1, 250);
  const slower = n === 0 ? 1 : 1 + random.next() / 4;
  const own = <T extends { externalId: string }>(of: T): T => ({ ...of, externalId: `${of.externalId} ${who}` });
  const records = steps.map(({ at, session, network, credential, life, ...step }) =>
    fact({
      ...step,
      ...(kind ? { kind } : {}),
      ...(type ? { type } : {}),
      who,
      at: START + n * HOUR * 24 + Math.round(at * (step.expiresAt ? 1 : slower) * MINUTE),
      session: session ? `${session} ${who}` : null,
      network: network ? network.replace(/\d+$/, String(n === 0 ? 7 : octet)) : null,
      ...(credential ? { credential: own(credential) } : {}),
      ...(life ? { life: own(life) } : {}),
      ...(step.expiresAt ? { expiresAt: new Date(Date.parse(step.expiresAt) + n * HOUR * 24).toISOString() } : {}),
    }),
  );
  // Late: one record is written after those that followed it.
  const late = n % 2 === 1 && records.length > 2 ? random.whole(0, records.length - 2) : -1;
  return late < 0 ? records : records.map((one, index) => (index === late ? { ...one, at: records.at(-1)!.at } : one));
}

/** Every vector `times` times: as it stands, and then perturbed. */
export const vectorsOf = (seed: number, times: number): Scenario[] =>
  VECTORS.flatMap((vector) =>
    Array.from({ length: times }, (_, n) => ({
      name: `${vector.name}${n === 0 ? '' : ` (perturbed ${n})`}`,
      expects: vector.expects,
      ...(vector.also ? { also: vector.also } : {}),
      records: perturbed(vector, n, chance(seed * 1000 + n)),
    })),
  );
