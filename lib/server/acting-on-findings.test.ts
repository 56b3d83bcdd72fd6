// Requirement E12 end to end: what a session does is told by a log, a detector finds it, a rule ends the session, and the end is
// proven on a real PostgreSQL. Nothing is called by hand between the log and the proof but the pass of detection.
import { expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { scanEvents } from '@/lib/findings/scan-events';
import { learned } from '@/lib/findings/testing-model';
import { newId } from '@/lib/platform/ids';
import { createRule } from '@/lib/responses/create-rule';
import { list } from '@/lib/responses/list';
import { SUGGESTED } from '@/lib/responses/model';
import { updateRule } from '@/lib/responses/update-rule';
import { account, backends, ctx, live, reached, respondWorld, until } from '@/lib/server/testing-respond';

testDatabase();
respondWorld();

const SECOND = 1_000;
const DAY = 86_400_000;

interface Told {
  action: string;
  class: 'read' | 'approval' | 'other';
  outcome?: 'success' | 'failure';
  told?: object;
}

/** The log of the system tells what this session did within the last minutes; detection has still to read it. */
async function log(identityId: string, sessionId: string, events: Told[]): Promise<void> {
  const first = Date.now() - events.length * SECOND - 5 * SECOND;
  const rows = events.map((event, at) => ({
    identityId,
    id: newId(),
    sessionId,
    at: new Date(first + at * SECOND),
    source: 'postgres',
    eventId: newId(),
    action: event.action,
    class: event.class,
    outcome: event.outcome ?? 'success',
    told: event.told,
  }));
  await prisma().sessionEvent.createMany({ data: rows });
  const pending = {
    pendingFrom: rows[0]!.at,
    pendingTo: rows.at(-1)!.at,
    updatedAt: new Date(Date.now() - 60 * SECOND),
  };
  const known = learned({ until: Date.now() - DAY, mostReads: 5, mostExports: 0 });
  await prisma().envelope.upsert({
    where: { identityId },
    create: { identityId, learned: known as object, ...pending },
    update: { learned: known as object, ...pending },
  });
}

let tries = 0;
const repeat = (times: number, event: Told): Told[] => Array.from({ length: times }, () => event);
const CASES: Record<string, Told[]> = {
  'scope-growth': [
    { action: 'token.use', class: 'other', told: { scope: 'orders:read' } },
    { action: 'token.use', class: 'other', told: { scope: 'orders:read orders:admin' } },
  ],
  // Volumes are counted by the hour: more than enough on either side, should one turn meanwhile.
  extraction: repeat(250, { action: 'orders.read', class: 'read' }),
  'failed-approvals': repeat(4, { action: 'payment.approve', class: 'approval', outcome: 'failure' }),
};

test.each(SUGGESTED.map((rule) => [rule.detectors![0]!, rule] as const))(
  '%s: seen in a log, found, ended by rule, verified',
  async (detector, suggested) => {
    const { id, role } = await account(`e12_${detector.replaceAll('-', '_')}_${tries++}`, 2);
    const [evil, good] = await live(id);
    const rule = await createRule(ctx, suggested);
    await updateRule(ctx, { id: rule.id, state: 'enabled' });
    await log(id, evil!.id, CASES[detector]!);
    await scanEvents(systemCtx('detection'), { identityIds: [id] });
    const finding = await until(() => prisma().finding.findFirst({ where: { identityId: id, detector } }));
    const done = await until(async () => (await list(ctx, { findingId: finding.id, state: 'done' })).items[0]);
    const revocation = await reached(done.revocationIds[0]!, 'verified');
    expect(revocation).toMatchObject({
      kind: 'terminate',
      sessionIds: [evil!.id],
      actorName: `rule ${suggested.name}`,
    });
    expect(await backends(role)).toBe(1);
    expect(await prisma().session.findUnique({ where: { id: evil!.id } })).toMatchObject({
      state: 'ended',
      endedBy: 'policy',
    });
    expect(await prisma().session.findUnique({ where: { id: good!.id } })).toMatchObject({ endedAt: null });
    await updateRule(ctx, { id: rule.id, state: 'disabled' });
  },
);
