import { appendFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { IdentityChanges } from '@/lib/connectors/contract';
import { declaresSoundly, isIrreversible, needsWhatItHolds } from '@/lib/connectors/contract-declared-test';
import { endsAll, endsOne, pauses, refusesProtected, restores, triesCanary } from '@/lib/connectors/contract-ends-test';
import { rotates } from '@/lib/connectors/contract-rotates-test';
import { has, type Run, type Subject, type Tried, until } from '@/lib/connectors/contract-subject';
import { METHODS } from '@/lib/connectors/declared';

export type { Subject } from '@/lib/connectors/contract-subject';

/** The one suite every connector passes, on the real system where there is one. What is not declared is not asked. */
export function contractSuite(manifest: Tried, make: () => Promise<Subject>): void {
  describe(`contract: ${[manifest.vendor, manifest.settings].filter(Boolean).join(', ')}`, () => {
    let subject: Subject;
    const took: Record<string, number> = {};
    const run: Run = {
      manifest,
      seen: {},
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
    declaresSoundly(run);
    const { capabilities } = manifest;
    if (has(capabilities.discover)) discovers(run);
    if (has(capabilities.changes)) followsChanges(run);
    if (has(capabilities.list) && has(capabilities.terminateOne)) endsOne(run);
    if (has(capabilities.predict)) predicts(run);
    if (has(capabilities.events)) pulls(run);
    if (has(capabilities.pause) && has(capabilities.restore)) pauses(run);
    if (has(capabilities.canary)) triesCanary(run);
    if (has(capabilities.revokeAll) || has(capabilities.canary)) needsWhatItHolds(run);
    if (has(capabilities.revokeAll)) endsAll(run);
    if (has(capabilities.revokeAll) && !capabilities.reversible) isIrreversible(run);
    // What a revocation took for good leaves nobody whom the rest could be tried on.
    if (has(capabilities.revokeAll) && capabilities.reversible) restores(run);
    if (has(capabilities.rotate) && capabilities.reversible) rotates(run);
    refusesProtected(run);
    if (has(capabilities.discover)) tellsRemoved(run);
  });
}

/** Where CONTRACT_TABLE names a file, a row of the table in docs/connectors.md. */
function writeRow(manifest: Tried, subject: Subject | undefined, took: Record<string, number>): void {
  const file = process.env.CONTRACT_TABLE;
  if (!file || !subject || manifest.settings) return;
  const { system, cannotRemove } = subject;
  const row = { vendor: manifest.vendor, system, cannotRemove, capabilities: manifest.capabilities, took };
  appendFileSync(file, `${JSON.stringify(row)}\n`);
}

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

  test('what ending one session takes with it is said wherever that can be done', () => {
    if (has(manifest.capabilities.terminateOne)) expect(manifest.capabilities.blastRadiusOne).toMatch(/\S{3}/);
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

function followsChanges({ subject, timed }: Run): void {
  test('changes: everything once, page by page, and nothing more after it', async () => {
    const { connection, identity } = subject();
    const seen: string[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < 100; page++) {
      const changes = await timed('changes', () => connection.discoverChanges!(cursor));
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

/** Runs last of all: the identity is no more afterwards. */
function tellsRemoved({ subject, manifest, timed }: Run): void {
  test('what was removed at the system is told as gone', async ({ skip }) => {
    const { connection, identity, remove, cannotRemove } = subject();
    if (!remove) return skip(cannotRemove);
    const told = async () => (await connection.discover!([identity])).find((one) => one.externalId === identity);
    expect(await told()).toBeDefined();
    let cursor: string | null = null;
    for (let more = has(manifest.capabilities.changes); more; ) {
      const changes: IdentityChanges = await connection.discoverChanges!(cursor);
      ({ cursor, more } = changes);
    }
    await remove();
    const looking = (await subject().fresh?.()) ?? connection;
    const now = async () => (await looking.discover!([identity])).find((one) => one.externalId === identity);
    const after = await timed('removed', () => until(subject(), now, (one) => !one || one.attributes.gone === true));
    expect(after?.attributes.gone ?? 'told no more').toBe(after ? true : 'told no more');
    expect(connection.lists?.(identity) ?? manifest.capabilities.discover === 'native').toBe(true);
    if (!has(manifest.capabilities.changes)) return;
    const changed = await until(
      subject(),
      () => connection.discoverChanges!(cursor),
      (changes) => changes.complete || changes.removed.includes(identity),
    );
    expect(changed.items.map((one) => one.externalId)).not.toContain(identity);
    if (!changed.complete) expect(changed.removed).toContain(identity);
  });
}

function predicts({ subject, timed }: Run): void {
  test('what else would be hit is told, and asking changes nothing', async () => {
    const { connection, identity } = subject();
    const before = await connection.discover?.();
    const hits = await timed('predict', () => connection.predict!(identity));
    for (const hit of hits) expect(hit.what && hit.why).toBeTruthy();
    expect((await connection.discover?.())?.map((one) => [one.externalId, one.enabled])).toEqual(
      before?.map((one) => [one.externalId, one.enabled]),
    );
  });
}

function pulls({ subject, timed }: Run): void {
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
    const after = await timed('pullEvents', () => connection.pullEvents!(seen.cursor, 100));
    for (const line of after.lines) expect(seen.lines).not.toContain(line);
  });
}
