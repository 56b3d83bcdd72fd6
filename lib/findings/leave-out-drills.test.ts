// What a canary does during its drill is Braid's own doing; what it does at any other time is somebody else's.
import { expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { scanEvents } from '@/lib/findings/scan-events';
import { learned } from '@/lib/findings/testing-model';
import { newId } from '@/lib/platform/ids';

testDatabase();
const SECOND = 1_000;
const DAY = 86_400_000;
const ago = (ms: number): Date => new Date(Date.now() - ms);

async function known(name: string): Promise<{ id: string; sessionId: string }> {
  const [id, sessionId] = [newId(), newId()];
  await prisma().identity.create({ data: { id, name, externalId: name, kind: 'service_account' } });
  const at = { startedAt: ago(400 * SECOND), lastEventAt: ago(SECOND) };
  const session = { source: 'postgres', observedBy: 'native', groupKey: name, label: name, state: 'live', ...at };
  await prisma().session.create({ data: { id: sessionId, identityId: id, ...session } });
  return { id, sessionId };
}

/** It reads 150 times, two seconds before the log was read, and usually five. Answers what detection found by then. */
async function readsMuch({ id, sessionId }: { id: string; sessionId: string }, before = 0): Promise<string[]> {
  const rows = Array.from({ length: 150 }, (_, at) => ({
    identityId: id,
    id: newId(),
    sessionId,
    at: ago(before + 160 * SECOND - at * SECOND),
    source: 'postgres',
    eventId: newId(),
    action: 'orders.read',
    class: 'read',
    outcome: 'success',
  }));
  await prisma().sessionEvent.createMany({ data: rows });
  const usual = learned({ until: Date.now() - DAY, mostReads: 5, mostExports: 0 }) as object;
  const pending = { learned: usual, pendingFrom: rows[0]!.at, pendingTo: rows.at(-1)!.at, updatedAt: ago(60 * SECOND) };
  await prisma().envelope.upsert({
    where: { identityId: id },
    create: { identityId: id, ...pending },
    update: pending,
  });
  await scanEvents(systemCtx('detection'), { identityIds: [id] });
  const found = await prisma().finding.findMany({ where: { identityId: id } });
  return found.map(({ detector }) => detector);
}

const drill = (identityId: string, startedAt: Date, endedAt: Date | null) =>
  prisma().drill.create({
    data: {
      id: newId(),
      connectorId: newId(),
      identityId,
      canary: 'canary',
      method: 'entry',
      asked: 'schedule',
      actorName: 'schedule',
      state: endedAt ? 'passed' : 'running',
      startedAt,
      endedAt,
    },
  });

test('while its drill runs, and when the log comes only after it', async () => {
  const running = await known('canary-running');
  await drill(running.id, ago(170 * SECOND), null);
  expect(await readsMuch(running)).toEqual([]);
  const over = await known('canary-over');
  await drill(over.id, ago(170 * SECOND), ago(30 * SECOND));
  expect(await readsMuch(over)).toEqual([]);
});

test('what somebody else does in the hour of a drill stands, and the drill’s own part is not counted with it', async () => {
  const before = await known('canary-before');
  await drill(before.id, ago(5 * SECOND), null);
  expect(await readsMuch(before, 120 * SECOND)).toContain('extraction');
});

test('not before, not after, not of a drill that never ended, and of nobody else', async () => {
  expect(await readsMuch(await known('no-canary'))).toContain('extraction');
  const later = await known('canary-later');
  await drill(later.id, ago(7_200 * SECOND), ago(7_000 * SECOND));
  expect(await readsMuch(later)).toContain('extraction');
  const stuck = await known('canary-stuck');
  await drill(stuck.id, ago(2 * 3_600 * SECOND), null);
  expect(await readsMuch(stuck)).toContain('extraction');
});
