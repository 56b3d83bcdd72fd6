import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Capabilities, Connection, NativeSession } from '@/lib/connectors/contract';

/** What the suite needs of a system to try a connector on it. */
export interface Subject {
  connection: Connection;
  /** An ordinary identity with a way to connect, and one that must never be ended. */
  identity: string;
  protectedIdentity: string;
  /** Opens a session as a client would; undefined where the system refuses. */
  open(): Promise<{ alive(): Promise<boolean> } | undefined>;
  close(): Promise<void>;
}

const METHODS: Record<
  keyof Pick<Capabilities, 'discover' | 'list' | 'terminateOne' | 'revokeAll' | 'pause' | 'restore' | 'probe'>,
  (keyof Connection)[]
> = {
  discover: ['discover'],
  list: ['listSessions'],
  terminateOne: ['terminateSession'],
  revokeAll: ['canEnter', 'blockIdentity', 'endSessions'],
  pause: ['pauseIdentity'],
  restore: ['restoreIdentity'],
  probe: ['probeIdentity', 'probeSession'],
};

/** The one suite every connector passes, on the real system where there is one. */
export function contractSuite(
  manifest: { vendor: string; capabilities: Capabilities },
  make: () => Promise<Subject>,
): void {
  describe(`contract: ${manifest.vendor}`, () => {
    let subject: Subject;
    const sessions = async (): Promise<NativeSession[]> =>
      (await subject.connection.listSessions!()).filter((session) => session.externalIdentityId === subject.identity);

    beforeAll(async () => {
      subject = await make();
    });
    afterAll(() => subject.close());

    test('a method exists exactly where its capability is declared', () => {
      for (const [capability, methods] of Object.entries(METHODS)) {
        const declared = manifest.capabilities[capability as keyof typeof METHODS] !== 'none';
        for (const method of methods)
          expect([method, typeof subject.connection[method] === 'function']).toEqual([method, declared]);
      }
    });

    test('identities are discovered, the protected ones marked', async () => {
      const found = await subject.connection.discover!();
      expect(found.find((one) => one.externalId === subject.identity)).toMatchObject({
        protected: false,
        enabled: true,
      });
      expect(found.find((one) => one.externalId === subject.protectedIdentity)).toMatchObject({ protected: true });
    });

    test('a session is listed once under a key of its own, ended alone, and twice is no error', async () => {
      const one = await subject.open();
      const other = await subject.open();
      const listed = await sessions();
      expect(new Set(listed.map((session) => session.key)).size).toBe(listed.length);
      expect(await subject.connection.probeSession!(listed[0]!)).toMatchObject({ result: 'alive' });
      const before = listed.length;
      expect(await subject.connection.terminateSession!(listed[0]!)).toMatchObject({ state: 'effective', affected: 1 });
      expect(await subject.connection.terminateSession!(listed[0]!)).toMatchObject({ state: 'effective', affected: 0 });
      expect(await subject.connection.probeSession!(listed[0]!)).toMatchObject({ result: 'gone', residuals: [] });
      expect((await sessions()).length).toBe(before - 1);
      const alive = await Promise.all([one!.alive(), other!.alive()]);
      expect(alive.filter(Boolean)).toHaveLength(1);
    });

    test('the probe says alive before anything was done, and after termination without a block', async () => {
      expect((await subject.connection.probeIdentity!(subject.identity)).result).toBe('alive');
      await subject.connection.endSessions!(subject.identity);
      expect((await subject.connection.probeIdentity!(subject.identity)).result).toBe('alive');
    });

    test('block, then end: nobody gets back in, and the probe proves it; twice changes nothing', async () => {
      const client = await subject.open();
      expect(await subject.connection.canEnter!(subject.identity)).toBe(true);
      expect(await subject.connection.blockIdentity!(subject.identity)).toMatchObject({
        state: 'effective',
        affected: 1,
      });
      expect(await subject.connection.canEnter!(subject.identity)).toBe(false);
      expect(await client!.alive()).toBe(true);
      expect((await subject.connection.probeIdentity!(subject.identity)).result).toBe('alive');
      expect(await subject.open()).toBeUndefined();
      expect(await subject.connection.endSessions!(subject.identity)).toMatchObject({
        state: 'effective',
        affected: 1,
      });
      expect(await client!.alive()).toBe(false);
      const probed = await subject.connection.probeIdentity!(subject.identity);
      expect(probed).toMatchObject({ result: 'gone', residuals: [] });
      expect(probed.checks.length).toBeGreaterThan(1);
      expect(await subject.connection.blockIdentity!(subject.identity)).toMatchObject({
        state: 'effective',
        affected: 0,
      });
      expect(await subject.connection.endSessions!(subject.identity)).toMatchObject({
        state: 'effective',
        affected: 0,
      });
      const found = await subject.connection.discover!([subject.identity]);
      expect(found.find((one) => one.externalId === subject.identity)).toMatchObject({ enabled: false });
    });

    test('restore lets it in again, twice is no error', async () => {
      expect(await subject.connection.restoreIdentity!(subject.identity)).toMatchObject({
        state: 'effective',
        affected: 1,
      });
      expect(await subject.connection.restoreIdentity!(subject.identity)).toMatchObject({
        state: 'effective',
        affected: 0,
      });
      expect(await (await subject.open())!.alive()).toBe(true);
      expect((await subject.connection.probeIdentity!(subject.identity)).result).toBe('alive');
    });

    refusesProtected(() => subject);
  });
}

function refusesProtected(subject: () => Subject): void {
  test('what is protected is refused, whichever way it is asked', async () => {
    const refused = { code: 'connector.protected' };
    await expect(subject().connection.blockIdentity!(subject().protectedIdentity)).rejects.toMatchObject(refused);
    await expect(subject().connection.endSessions!(subject().protectedIdentity)).rejects.toMatchObject(refused);
    await expect(subject().connection.pauseIdentity!(subject().protectedIdentity)).rejects.toMatchObject(refused);
  });
}
