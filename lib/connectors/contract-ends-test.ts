import { expect, test } from 'vitest';
import type { CanarySession, Probed } from '@/lib/connectors/contract';
import { beside, endedByGrain, inTime, saysGaps } from '@/lib/connectors/contract-declared-test';
import {
  given,
  has,
  type Run,
  type Standing,
  type Subject,
  sameStanding,
  sessionsOf,
  standingOf,
  took,
  tookBy,
  until,
} from '@/lib/connectors/contract-subject';

export function endsOne(run: Run): void {
  const { subject, timed, manifest } = run;
  test('a session is listed once under a key of its own, ended alone, and twice is no error', async () => {
    const { connection, differs } = subject();
    const one = await subject().open();
    const other = await subject().open();
    const listed = await timed('list', () =>
      until(
        subject(),
        () => sessionsOf(subject()),
        (seen) => seen.length >= 2,
      ),
    );
    expect(listed.length).toBeGreaterThanOrEqual(2);
    expect(new Set(listed.map((session) => session.key)).size).toBe(listed.length);
    const meant = listed[0]!;
    if (connection.probeSession) expect(await connection.probeSession(meant)).toMatchObject({ result: 'alive' });
    const began = performance.now();
    tookBy(run, await timed('terminateOne', () => connection.terminateSession!(meant)), 1);
    const left = await until(
      subject(),
      () => sessionsOf(subject()),
      (seen) => !seen.some((session) => session.key === meant.key),
    );
    inTime(run, began, 'ending one session');
    endedByGrain(manifest.capabilities.granularity, listed, left, meant);
    took(await connection.terminateSession!(meant), 0);
    if (connection.probeSession) {
      const probed = await timed('probeSession', () => connection.probeSession!(meant));
      expect(probed.result).toBe('gone');
      expect(probed.residuals.map((residual) => residual.gap)).toEqual(differs?.livesOn ? differs.proof?.gaps : []);
      saysGaps(run, probed, false);
    }
    if (differs?.livesOn) return;
    const alive = await Promise.all([one!.alive(), other!.alive()]);
    if (manifest.capabilities.granularity === 'session') expect(alive.filter(Boolean)).toHaveLength(1);
    else expect(alive).toContain(false);
  });
}

export function endsAll(run: Run): void {
  const { subject, timed } = run;
  test('the probe never says gone before anything was done, nor after termination without a block', async () => {
    const { connection, identity } = subject();
    await subject().open();
    if (connection.probeIdentity) expect((await connection.probeIdentity(identity)).result).not.toBe('gone');
    await connection.endSessions!(identity);
    if (connection.probeIdentity) expect((await connection.probeIdentity(identity)).result).not.toBe('gone');
  });

  test('block, then end: nobody gets back in, and the probe proves what it can; twice changes nothing', async () => {
    const { connection, identity, differs } = subject();
    const client = await subject().open();
    expect(await connection.canEnter!(identity)).toBe(true);
    run.seen.before = await standingOf(subject());
    const others = await beside(run);
    const began = performance.now();
    tookBy(run, await timed('block', () => connection.blockIdentity!(identity)), 1);
    const shut = await until(
      given(run),
      () => connection.canEnter!(identity),
      (enter) => !enter,
    );
    expect(shut).toBe(false);
    if (!differs?.blockEnds) expect(await client!.alive()).toBe(true);
    if (!differs?.blockNotEnforced) {
      expect(
        await until(
          given(run),
          () => subject().open(),
          (opened) => !opened,
        ),
      ).toBeUndefined();
    }
    tookBy(run, await timed('endSessions', () => connection.endSessions!(identity)));
    if (connection.endDerived) tookBy(run, await timed('endDerived', () => connection.endDerived!(identity, 'revoke')));
    if (!differs?.livesOn) {
      const alive = await until(
        given(run),
        () => client!.alive(),
        (still) => !still,
      );
      expect(alive).toBe(false);
    }
    if (connection.probeIdentity) {
      const probed = await proves(run);
      inTime(run, began, 'from the block to its proof');
      saysGaps(run, probed, (await client?.alive()) ?? false);
    }
    await others.judge();
    took(await connection.blockIdentity!(identity), 0);
    took(await connection.endSessions!(identity), 0);
    if (connection.discover) {
      const found = await connection.discover([identity]);
      expect(found.find((one) => one.externalId === identity)).toMatchObject({ enabled: false });
    }
  });
}

async function proves(run: Run): Promise<Probed> {
  const { subject, timed } = run;
  const { connection, identity, differs } = subject();
  const wanted = differs?.proof ?? { result: 'gone' as const };
  const probed = await timed('probe', () =>
    until(
      given(run),
      () => connection.probeIdentity!(identity),
      (seen) => seen.result === wanted.result,
    ),
  );
  expect(probed.result).toBe(wanted.result);
  expect([...new Set(probed.residuals.map((residual) => residual.gap))]).toEqual(wanted.gaps ?? []);
  expect(probed.checks.length).toBeGreaterThan(1);
  return probed;
}

export function restores({ subject, timed, seen }: Run): void {
  test('restore lets it in again, gives back exactly what was there, twice is no error', async () => {
    const { connection, identity } = subject();
    took(await timed('restore', () => connection.restoreIdentity!(identity)), 1);
    const open = await until(
      subject(),
      () => connection.canEnter!(identity),
      (enter) => enter,
    );
    expect(open).toBe(true);
    took(await connection.restoreIdentity!(identity), 0);
    await givenBack(subject(), seen.before ?? null);
    const again = await until(
      subject(),
      () => subject().open(),
      (opened) => opened !== undefined,
    );
    expect(await again!.alive()).toBe(true);
    if (connection.probeIdentity) expect((await connection.probeIdentity(identity)).result).not.toBe('gone');
  });
}

/** Fails where the identity is not told of as it was. */
async function givenBack(subject: Subject, before: Standing | null): Promise<void> {
  const now = await until(
    subject,
    () => standingOf(subject),
    (standing) => sameStanding(standing, before),
  );
  expect(now).toEqual(before);
}

export function pauses({ subject, timed }: Run): void {
  test('a pause shuts out, with every step a pause has; resuming gives back all of it; twice changes nothing', async () => {
    const { connection, identity, differs } = subject();
    const enters = (wanted: boolean) =>
      until(
        subject(),
        () => connection.canEnter!(identity),
        (enter) => enter === wanted,
      );
    const before = await standingOf(subject());
    took(await timed('pause', () => connection.pauseIdentity!(identity)), 1);
    expect(await enters(false)).toBe(false);
    if (!differs?.blockNotEnforced) {
      const opened = await until(
        subject(),
        () => subject().open(),
        (client) => !client,
      );
      expect(opened).toBeUndefined();
    }
    took(await connection.endSessions!(identity));
    if (connection.endDerived) took(await connection.endDerived(identity, 'pause'));
    took(await connection.pauseIdentity!(identity), 0);
    took(await timed('resume', () => connection.restoreIdentity!(identity)), 1);
    expect(await enters(true)).toBe(true);
    took(await connection.restoreIdentity!(identity), 0);
    await givenBack(subject(), before);
    const again = await until(
      subject(),
      () => subject().open(),
      (client) => client !== undefined,
    );
    expect(await again!.alive()).toBe(true);
  });
}

export function triesCanary({ subject, timed }: Run): void {
  test('the canary comes in, is refused once blocked, and its open session is known to be dead when ended', async () => {
    const { connection, identity, differs } = subject();
    const session = await timed('enter', () => connection.enterAsCanary!(identity));
    expect(await session!.alive()).toBe(true);
    await connection.blockIdentity!(identity);
    await connection.endSessions!(identity);
    await connection.endDerived?.(identity, 'pause');
    const refused = await until(
      subject(),
      () => connection.enterAsCanary!(identity),
      (entered) => entered === null,
    );
    if (!differs?.blockNotEnforced) expect(refused).toBeNull();
    if (!differs?.livesOn) {
      const alive = await until(
        subject(),
        () => session!.alive(),
        (still) => !still,
      );
      expect(alive).toBe(false);
    }
    if (session!.livesUntil) await saysTokenLivesOn(subject(), session!);
    await session!.close();
    await connection.restoreIdentity?.(identity);
  });
}

/** A token made before the block that the system keeps serving is said with its time: nothing reads verified before. */
async function saysTokenLivesOn({ connection, identity }: Subject, session: CanarySession): Promise<void> {
  expect(await session.alive()).toBe(true);
  const probed = await connection.probeIdentity!(identity);
  const saw = (check: string) => probed.checks.find((one) => one.check.startsWith(check))?.saw;
  expect(saw('credential of the canary')).toMatch(/^refused/);
  expect(saw('token it was given before')).toMatch(/^lives/);
  const latest = probed.residuals.map((one) => (one.until ? Date.parse(one.until) : Number.POSITIVE_INFINITY));
  expect(Math.max(...latest)).toBeGreaterThanOrEqual(Date.parse(session.livesUntil!));
}

export function refusesProtected({ subject, manifest }: Run): void {
  test('what is protected is refused, whichever way it is asked', async () => {
    const { connection, protectedIdentity } = subject();
    if (!protectedIdentity) return;
    const refused = { code: 'connector.protected' };
    if (has(manifest.capabilities.revokeAll)) {
      await expect(connection.blockIdentity!(protectedIdentity)).rejects.toMatchObject(refused);
      await expect(connection.endSessions!(protectedIdentity)).rejects.toMatchObject(refused);
    }
    if (has(manifest.capabilities.pause))
      await expect(connection.pauseIdentity!(protectedIdentity)).rejects.toMatchObject(refused);
  });
}
