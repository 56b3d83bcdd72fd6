import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Acted, Capabilities, Connection, NativeSession, Probed } from '@/lib/connectors/contract';
import type { GapId } from '@/lib/connectors/gap-model';

/** What the suite needs of a system to try a connector on it. */
export interface Subject {
  connection: Connection;
  /** What was run against: a real server, or a double that speaks the vendor's published protocol. */
  system: { kind: 'real' | 'double'; name: string };
  /** An ordinary identity with a way to connect, and one that must never be ended (where the system has such). */
  identity: string;
  protectedIdentity?: string;
  /** Opens a session as a client would; undefined where the system refuses. */
  open(): Promise<{ alive(): Promise<boolean> } | undefined>;
  close(): Promise<void>;
  /** How this system is truthfully different. Each is a fact of the system, said in docs/connectors.md. */
  differs?: {
    /** A block alone ends what is open. */
    blockEnds?: boolean;
    /** A session goes on after it was ended, as its gaps say (a self-contained token, an open stream). */
    livesOn?: boolean;
    /** What a probe says when all steps are done. Default: gone, nothing left. */
    proof?: { result: Probed['result']; gaps?: GapId[] };
    /** Clients come in again in spite of the block (an emulator that does not enforce). */
    blockNotEnforced?: boolean;
    /** Checks of `test()` that can't pass on this system, by name. */
    missing?: string[];
    /** How long it may take until what was done is so, milliseconds. Default 0. */
    settleMs?: number;
  };
}

const METHODS: Record<
  | 'discover'
  | 'list'
  | 'terminateOne'
  | 'revokeAll'
  | 'pause'
  | 'restore'
  | 'probe'
  | 'derived'
  | 'predict'
  | 'canary'
  | 'changes'
  | 'events'
  | 'consents',
  (keyof Connection)[]
> = {
  discover: ['discover'],
  list: ['listSessions'],
  terminateOne: ['terminateSession'],
  revokeAll: ['canEnter', 'blockIdentity', 'endSessions'],
  pause: ['pauseIdentity'],
  restore: ['restoreIdentity'],
  probe: ['probeIdentity'],
  derived: ['endDerived'],
  predict: ['predict'],
  canary: ['enterAsCanary'],
  changes: ['discoverChanges'],
  events: ['pullEvents'],
  consents: ['revokeConsent'],
};

interface Manifest {
  vendor: string;
  capabilities: Capabilities;
}

interface Run {
  manifest: Manifest;
  subject(): Subject;
  /** Runs and remembers how long it took, milliseconds. */
  timed<T>(verb: string, work: () => Promise<T>): Promise<T>;
}

/** The one suite every connector passes, on the real system where there is one. What is not declared is not asked. */
export function contractSuite(manifest: Manifest, make: () => Promise<Subject>): void {
  describe(`contract: ${manifest.vendor}`, () => {
    let subject: Subject;
    const took: Record<string, number> = {};
    const run: Run = {
      manifest,
      subject: () => subject,
      timed: async (verb, work) => {
        const began = performance.now();
        const result = await work();
        took[verb] ??= Math.round((performance.now() - began) * 10) / 10;
        return result;
      },
    };

    beforeAll(async () => {
      subject = await make();
    });
    afterAll(async () => {
      writeRow(manifest, subject, took);
      await subject?.close();
    });

    declares(run);
    const { capabilities } = manifest;
    if (has(capabilities.discover)) discovers(run);
    if (has(capabilities.changes)) followsChanges(run);
    if (has(capabilities.list) && has(capabilities.terminateOne)) endsOne(run);
    if (has(capabilities.predict)) predicts(run);
    if (has(capabilities.events)) pulls(run);
    if (has(capabilities.revokeAll)) endsAll(run);
    if (has(capabilities.revokeAll) && has(capabilities.restore)) restores(run);
    if (has(capabilities.canary)) triesCanary(run);
    refusesProtected(run);
  });
}

const has = (means: string | undefined): boolean => means !== undefined && means !== 'none';

/** Where BRAID_CONTRACT_TABLE names a file, a row of the table in docs/connectors.md. */
function writeRow(manifest: Manifest, subject: Subject | undefined, took: Record<string, number>): void {
  const file = process.env.BRAID_CONTRACT_TABLE;
  if (!file || !subject) return;
  const row = { vendor: manifest.vendor, system: subject.system, capabilities: manifest.capabilities, took };
  appendFileSync(file, `${JSON.stringify(row)}\n`);
}

const sessionsOf = async ({ connection, identity }: Subject): Promise<NativeSession[]> =>
  (await connection.listSessions!()).filter((session) => session.externalIdentityId === identity);

/** Asks until it is so or the system's own time is over. */
async function until<T>(subject: Subject, ask: () => Promise<T>, so: (seen: T) => boolean): Promise<T> {
  const end = performance.now() + (subject.differs?.settleMs ?? 0);
  for (;;) {
    const seen = await ask();
    if (so(seen) || performance.now() >= end) return seen;
    await sleep(50);
  }
}

const took = (acted: Acted, affected?: number): void => {
  expect(['effective', 'accepted']).toContain(acted.state);
  if (affected !== undefined && acted.state === 'effective') expect(acted.affected).toBe(affected);
};

function declares({ manifest, subject }: Run): void {
  test('a method exists exactly where its capability is declared', () => {
    for (const [capability, methods] of Object.entries(METHODS)) {
      const declared = has(manifest.capabilities[capability as keyof typeof METHODS]);
      for (const method of methods)
        expect([method, typeof subject().connection[method] === 'function']).toEqual([method, declared]);
    }
    const one = has(manifest.capabilities.terminateOne) && has(manifest.capabilities.probe);
    expect(typeof subject().connection.probeSession === 'function').toBe(one);
  });

  test('what it may do is checked, and nothing is missing here', async () => {
    const tested = await subject().connection.test();
    const failed = tested.checks.filter((check) => !check.ok).map((check) => check.check);
    expect(failed).toEqual(subject().differs?.missing ?? []);
    expect(tested.checks.length).toBeGreaterThan(0);
  });
}

function discovers({ subject, timed }: Run): void {
  test('identities are discovered, the protected ones marked', async () => {
    const { connection, identity, protectedIdentity } = subject();
    const found = await timed('discover', () => connection.discover!());
    expect(found.find((one) => one.externalId === identity)).toMatchObject({ protected: false, enabled: true });
    expect(new Set(found.map((one) => one.externalId)).size).toBe(found.length);
    if (protectedIdentity)
      expect(found.find((one) => one.externalId === protectedIdentity)).toMatchObject({ protected: true });
  });
}

function followsChanges({ subject }: Run): void {
  test('changes: everything once, page by page, and nothing more after it', async () => {
    const { connection, identity } = subject();
    const seen: string[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < 100; page++) {
      const changes = await connection.discoverChanges!(cursor);
      seen.push(...changes.items.map((one) => one.externalId));
      cursor = changes.cursor;
      if (!changes.more) break;
    }
    expect(seen).toContain(identity);
    expect(new Set(seen).size).toBe(seen.length);
    const after = await connection.discoverChanges!(cursor);
    if (!after.complete) expect(after.items).toEqual([]);
    expect(after.removed).toEqual([]);
  });
}

function endsOne({ subject, timed }: Run): void {
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
    took(await timed('terminateOne', () => connection.terminateSession!(meant)), 1);
    const left = await until(
      subject(),
      () => sessionsOf(subject()),
      (seen) => !seen.some((session) => session.key === meant.key),
    );
    expect(left.length).toBe(listed.length - 1);
    took(await connection.terminateSession!(meant), 0);
    if (connection.probeSession) {
      const probed = await timed('probeSession', () => connection.probeSession!(meant));
      expect(probed.result).toBe('gone');
      expect(probed.residuals.map((residual) => residual.gap)).toEqual(differs?.livesOn ? differs.proof?.gaps : []);
    }
    if (differs?.livesOn) return;
    const alive = await Promise.all([one!.alive(), other!.alive()]);
    expect(alive.filter(Boolean)).toHaveLength(1);
  });
}

function predicts({ subject }: Run): void {
  test('what else would be hit is told, and asking changes nothing', async () => {
    const { connection, identity } = subject();
    const before = await connection.discover?.();
    const hits = await connection.predict!(identity);
    for (const hit of hits) expect(hit.what && hit.why).toBeTruthy();
    expect((await connection.discover?.())?.map((one) => [one.externalId, one.enabled])).toEqual(
      before?.map((one) => [one.externalId, one.enabled]),
    );
  });
}

function pulls({ subject }: Run): void {
  test('the audit log is handed over from a cursor on, and not twice', async () => {
    const { connection } = subject();
    const start = await connection.pullEvents!(null, 100);
    await subject().open();
    const seen = await until(
      { ...subject(), differs: { settleMs: Math.max(subject().differs?.settleMs ?? 0, 5_000) } },
      () => connection.pullEvents!(start.cursor, 100),
      (pulled) => pulled.lines.length > 0,
    );
    expect(seen.lines.length).toBeGreaterThan(0);
    const after = await connection.pullEvents!(seen.cursor, 100);
    for (const line of after.lines) expect(seen.lines).not.toContain(line);
  });
}

function endsAll({ subject, timed, manifest }: Run): void {
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
    took(await timed('block', () => connection.blockIdentity!(identity)), 1);
    const shut = await until(
      subject(),
      () => connection.canEnter!(identity),
      (enter) => !enter,
    );
    expect(shut).toBe(false);
    if (!differs?.blockEnds) expect(await client!.alive()).toBe(true);
    if (!differs?.blockNotEnforced) {
      expect(
        await until(
          subject(),
          () => subject().open(),
          (opened) => !opened,
        ),
      ).toBeUndefined();
    }
    took(await timed('endSessions', () => connection.endSessions!(identity)));
    if (connection.endDerived) took(await timed('endDerived', () => connection.endDerived!(identity)));
    if (!differs?.livesOn) {
      const alive = await until(
        subject(),
        () => client!.alive(),
        (still) => !still,
      );
      expect(alive).toBe(false);
    }
    if (connection.probeIdentity) await proves({ subject, timed, manifest });
    took(await connection.blockIdentity!(identity), 0);
    took(await connection.endSessions!(identity), 0);
    if (connection.discover) {
      const found = await connection.discover([identity]);
      expect(found.find((one) => one.externalId === identity)).toMatchObject({ enabled: false });
    }
  });
}

async function proves({ subject, timed }: Run): Promise<void> {
  const { connection, identity, differs } = subject();
  const wanted = differs?.proof ?? { result: 'gone' as const };
  const probed = await timed('probe', () =>
    until(
      subject(),
      () => connection.probeIdentity!(identity),
      (seen) => seen.result === wanted.result,
    ),
  );
  expect(probed.result).toBe(wanted.result);
  expect([...new Set(probed.residuals.map((residual) => residual.gap))]).toEqual(wanted.gaps ?? []);
  expect(probed.checks.length).toBeGreaterThan(1);
}

function restores({ subject, timed }: Run): void {
  test('restore lets it in again, twice is no error', async () => {
    const { connection, identity } = subject();
    took(await timed('restore', () => connection.restoreIdentity!(identity)), 1);
    const open = await until(
      subject(),
      () => connection.canEnter!(identity),
      (enter) => enter,
    );
    expect(open).toBe(true);
    took(await connection.restoreIdentity!(identity), 0);
    const again = await until(
      subject(),
      () => subject().open(),
      (opened) => opened !== undefined,
    );
    expect(await again!.alive()).toBe(true);
    if (connection.probeIdentity) expect((await connection.probeIdentity(identity)).result).not.toBe('gone');
  });
}

function triesCanary({ subject, timed }: Run): void {
  test('the canary comes in, is refused once blocked, and its open session is known to be dead when ended', async () => {
    const { connection, identity, differs } = subject();
    const session = await timed('enter', () => connection.enterAsCanary!(identity));
    expect(await session!.alive()).toBe(true);
    await connection.blockIdentity!(identity);
    await connection.endSessions!(identity);
    await connection.endDerived?.(identity);
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
    await session!.close();
    await connection.restoreIdentity?.(identity);
  });
}

function refusesProtected({ subject, manifest }: Run): void {
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
