import { expect, test } from 'vitest';
import type { Capabilities, Hit, Probed } from '@/lib/connectors/contract';
import { has, type Run, sameStanding, standingOf, took, until } from '@/lib/connectors/contract-subject';
import { toBraidError } from '@/lib/platform/errors';

// What is declared in words and numbers, held against what was seen: a connector that promises more than it does fails here.

/** A busy machine may take that much longer than declared, and a second for its calls. */
export const boundOf = ({ propagationMs }: Pick<Capabilities, 'propagationMs'>): number =>
  propagationMs.max * 2 + 1_000;

/** Fails where what began then took longer than is declared. */
export function inTime({ manifest }: Run, began: number, what: string): void {
  const took = Math.round(performance.now() - began);
  const { max } = manifest.capabilities.propagationMs;
  expect(took, `${what} took ${took} ms, declared is ${max} ms at most`).toBeLessThanOrEqual(
    boundOf(manifest.capabilities),
  );
}

export function declaresSoundly({ manifest }: Run): void {
  test('what is declared does not contradict itself', () => {
    const { capabilities } = manifest;
    const { propagationMs, blastRadius, observability, granularity } = capabilities;
    expect([blastRadius, observability].every((words) => /\S{3}/.test(words))).toBe(true);
    expect(propagationMs.p50).toBeGreaterThanOrEqual(0);
    expect(propagationMs.max).toBeGreaterThanOrEqual(propagationMs.p50);
    // One session is its grain only where one can be ended.
    if (granularity === 'session') expect(has(capabilities.terminateOne)).toBe(true);
    if (capabilities.reversible && has(capabilities.revokeAll)) expect(has(capabilities.restore)).toBe(true);
    for (const words of Object.values(capabilities.gaps ?? {})) expect(words).toMatch(/\S{3}/);
  });
}

/** Every gap a probe names is declared; what lives on although all was ended, it names. */
export function saysGaps({ manifest }: Run, probed: Probed, livesOn: boolean): void {
  const named = probed.residuals.flatMap((residual) => residual.gap ?? []);
  for (const gap of named) expect(Object.keys(manifest.capabilities.gaps ?? {}), 'declared gaps').toContain(gap);
  if (livesOn)
    expect(probed.result === 'gone' && probed.residuals.length === 0, 'it is clean, and lives on').toBe(false);
}

interface Bystander {
  hits: Hit[] | null;
  /** Fails where somebody else was hit and nobody said so, or was said to be and was not. */
  judge(): Promise<void>;
}

/** Who stands beside the identity, before anything is done to it. */
export async function beside({ manifest, subject }: Run): Promise<Bystander> {
  const { connection, identity, bystander } = subject();
  const others = async () =>
    new Map(
      ((await connection.discover?.([])) ?? [])
        .filter((one) => one.externalId !== identity)
        .map((one) => [one.externalId, one.enabled]),
    );
  const before = await others();
  const client = await bystander?.open();
  if (bystander) expect(await client?.alive(), 'the bystander gets in').toBe(true);
  const hits = has(manifest.capabilities.predict) ? await connection.predict!(identity) : null;
  const predicted = new Set(hits?.map((hit) => hit.externalId));
  return {
    hits,
    async judge() {
      const hit = new Set<string>();
      for (const [id, enabled] of await others()) if (enabled !== (before.get(id) ?? enabled)) hit.add(id);
      if (bystander) {
        if (!(await client!.alive()) || !(await (await bystander.open())?.alive())) hit.add(bystander.identity);
        const promised = hits?.some((one) => one.externalId === bystander.identity && one.sessions);
        if (promised) expect([...hit], 'who was predicted to be hit').toContain(bystander.identity);
      }
      if (manifest.capabilities.granularity === 'role' && !hits) return;
      expect(
        [...hit].filter((id) => !predicted.has(id)),
        'hit, and not predicted',
      ).toEqual([]);
    },
  };
}

/** Where not all can be given back it does differ: else reversible would be the truth. */
export function isIrreversible({ subject, manifest, seen }: Run): void {
  test('declared irreversible: what is restored is not what was there, or nothing can be restored', async () => {
    const { connection, identity } = subject();
    if (!has(manifest.capabilities.restore)) {
      expect(
        await until(
          subject(),
          () => connection.canEnter!(identity),
          (enter) => !enter,
        ),
      ).toBe(false);
      return;
    }
    await connection.restoreIdentity!(identity);
    expect(sameStanding(await standingOf(subject()), seen.before ?? null), 'all of it was given back').toBe(false);
  });
}

async function refusedWithWords(work: (() => Promise<unknown>) | undefined): Promise<boolean> {
  if (!work) return true;
  const error = await work().then(
    () => null,
    (thrown) => toBraidError(thrown),
  );
  const codes = ['connector.unsupported', 'connector.refused'];
  return error !== null && codes.includes(error.code) && /\S{3} \S/.test(error.publicMessage);
}

/** Whether ending needs a token that is held, tried with a connection that holds none. */
export function needsWhatItHolds({ subject, manifest }: Run): void {
  test('what it says of tokens that have to be held is so: without one it works, or is refused with words', async ({
    skip,
  }) => {
    const { connection, identity, withoutHeld, differs } = subject();
    const { needsHeldToken, revokeAll, canary, reversible } = manifest.capabilities;
    if (has(canary)) {
      const other = subject().bystander?.identity ?? subject().protectedIdentity;
      if (other && !differs?.holdsEverybody)
        expect(await refusedWithWords(() => connection.enterAsCanary!(other)), 'entered with nothing held').toBe(true);
    }
    if (!withoutHeld) {
      expect(needsHeldToken, 'the suite has to be given a connection that holds nothing').toBe(false);
      return has(canary) ? undefined : skip('the connection of the suite holds nothing');
    }
    const bare = await withoutHeld();
    try {
      if (bare.enterAsCanary)
        expect(await refusedWithWords(() => bare.enterAsCanary!(identity)), 'entered with nothing held').toBe(true);
      if (!has(revokeAll)) return;
      if (needsHeldToken) {
        const ends = await refusedWithWords(bare.endSessions && (() => bare.endSessions!(identity)));
        expect(ends, 'ended although nothing is held').toBe(true);
        return;
      }
      if (!reversible) return;
      took(await bare.blockIdentity!(identity));
      expect(
        await until(
          subject(),
          () => bare.canEnter!(identity),
          (enter) => !enter,
        ),
      ).toBe(false);
      took(await bare.endSessions!(identity));
      await bare.restoreIdentity!(identity);
    } finally {
      await bare.close();
    }
  });
}

/** What one termination took of the identity's sessions, by what is declared to be its grain. */
export function endedByGrain(
  granularity: Capabilities['granularity'],
  listed: { key: string; credential?: string }[],
  left: { key: string; credential?: string }[],
  meant: { key: string; credential?: string },
): void {
  const shares = (one: { credential?: string }) => one.credential === meant.credential;
  const wanted = {
    session: listed.filter((one) => one.key !== meant.key),
    credential: listed.filter((one) => one.key !== meant.key && !shares(one)),
    identity: [],
    role: [],
  }[granularity];
  expect(left.map((one) => one.key).sort(), `what a termination by ${granularity} leaves`).toEqual(
    wanted.map((one) => one.key).sort(),
  );
}
