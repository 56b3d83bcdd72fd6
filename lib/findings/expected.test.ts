// What an analyst says is expected of an identity is not told again; anything else of it is.
import { beforeEach, describe, expect, test } from 'vitest';
import { type Ctx, systemCtx } from '@/lib/access/model';
import { pool, prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { acknowledge } from '@/lib/findings/acknowledge';
import { close } from '@/lib/findings/close';
import { causeKind, isExpected } from '@/lib/findings/expected-model';
import { forgetExpected } from '@/lib/findings/forget-expected';
import { list } from '@/lib/findings/list';
import { reopen } from '@/lib/findings/reopen';
import { scanEvents } from '@/lib/findings/scan-events';
import { showUsual } from '@/lib/findings/show-usual';
import { pictureOf } from '@/lib/findings/testing-model';
import { newId } from '@/lib/platform/ids';
import { ingest } from '@/lib/sessions/ingest';
import { event, here, newSpace } from '@/lib/sessions/testing-ingest';

testDatabase();
const system = systemCtx('detection');
const analyst: Ctx = { actor: { kind: 'operator', id: newId(), name: 'Ana', role: 'analyst' } };
const viewer: Ctx = { actor: { kind: 'operator', id: newId(), name: 'Vi', role: 'viewer' } };
beforeEach(newSpace);

const idOf = async (): Promise<string> =>
  (await pool().query<{ id: string }>('select identity_id::text as id from sessions where source = $1 limit 1', here()))
    .rows[0]!.id;

let n = 0;
/** One token held by one client on one network and, five minutes later, by another on another; the first goes on. */
async function stolen(secs: number, over: { network?: string; agent?: string } = {}): Promise<void> {
  n += 1;
  const held = (at: number, network: string, agent: string) =>
    event(`${n} ${at}`, secs + at, {
      key: `token ${n}`,
      credential: { externalId: `token ${n}`, kind: 'token' },
      network,
      agent,
    });
  const { network = '81.2.69.1', agent = 'python-requests' } = over;
  await ingest([[held(0, '3.9.1.1', 'terraform'), held(300, network, agent), held(360, '3.9.1.1', 'terraform')]]);
  await scanEvents(system, { identityIds: [await idOf()] });
}
const told = async (state: 'active' | 'any' = 'any') =>
  (await list(analyst, { identityId: await idOf(), detector: 'replay', state })).items;
const benign = async () =>
  close(analyst, { id: (await told('active'))[0]!.id, disposition: 'benign', reason: 'our proxy in Brazil' });
const standing = async () => (await showUsual(viewer, { id: await idOf() })).expected;

describe('closed as benign', () => {
  test('the same of the same networks and clients is not told again, in any session', async () => {
    await stolen(0);
    expect(await told()).toHaveLength(1);
    await benign();
    await stolen(3600);
    await stolen(7200, { network: '81.2.69.77' });
    expect(await told('active')).toEqual([]);
    expect(await told()).toHaveLength(1);
    expect(await standing()).toMatchObject([
      {
        detector: 'replay',
        cause: 'session:*',
        networks: ['3.9.1.0/24', '81.2.69.0/24'],
        agents: ['python-requests', 'terraform'],
        reason: 'our proxy in Brazil',
        byName: 'Ana',
      },
    ]);
    const [audited] = await prisma().auditEntry.findMany({
      where: { action: 'finding.close' },
      orderBy: { id: 'desc' },
    });
    expect(audited!.detail).toMatchObject({
      expected: { cause: 'session:*', agents: ['python-requests', 'terraform'] },
    });
  });

  test.each([
    ['network', { network: '81.2.70.1' }],
    ['client', { agent: 'curl' }],
  ])('another %s is told', async (_, over) => {
    await stolen(0);
    await benign();
    await stolen(3600, over);
    expect(await told('active')).toHaveLength(1);
  });

  test('what is closed otherwise teaches nothing', async () => {
    await stolen(0);
    await close(analyst, { id: (await told())[0]!.id, disposition: 'true_positive', reason: 'stolen' });
    await stolen(3600);
    expect(await told('active')).toHaveLength(1);
    expect(await standing()).toEqual([]);
  });

  test('it is another identity’s word, not everybody’s', async () => {
    await stolen(0);
    await benign();
    newSpace();
    await stolen(3600);
    expect(await told('active')).toHaveLength(1);
  });

  test('taken back on the identity, by who may, or by opening the finding again, it is told again', async () => {
    await stolen(0);
    await benign();
    const id = await idOf();
    const expectedId = (await standing())[0]!.id;
    await expect(forgetExpected(viewer, { id, expectedId })).rejects.toMatchObject({ code: 'access.denied' });
    await expect(forgetExpected(analyst, { id: newId(), expectedId })).rejects.toMatchObject({ code: 'not_found' });
    await forgetExpected(analyst, { id, expectedId, reason: 'the proxy is gone' });
    await stolen(3600);
    expect(await told('active')).toHaveLength(1);
    const [audited] = await prisma().auditEntry.findMany({ where: { targetId: id }, orderBy: { id: 'desc' } });
    expect(audited).toMatchObject({ action: 'finding.forget_expected', reason: 'the proxy is gone' });

    await benign();
    expect(await standing()).toHaveLength(1);
    const [closed] = (await told()).filter((one) => one.disposition === 'benign' && one.state === 'closed');
    await reopen(analyst, { id: closed!.id, reason: 'not so sure' });
    await acknowledge(analyst, { id: closed!.id });
    const left = (await standing()).map((one) => one.findingId);
    expect(left).not.toContain(closed!.id);
  });

  test('after a year it holds no more', async () => {
    await stolen(0);
    await benign();
    const { at, until } = (await standing())[0]!;
    expect(Date.parse(until) - Date.parse(at)).toBe(365 * 86_400_000);
    await pool().query(`update expectations set until = now() - interval '1 second' where identity_id = $1`, [
      await idOf(),
    ]);
    await stolen(3600);
    expect(await told('active')).toHaveLength(1);
  });
});

describe('what is expected', () => {
  const picture = pictureOf({
    events: Array.from({ length: 130 }, (_, index) => ({
      at: index,
      session: 's',
      network: index === 3 ? '9.9.9.9' : '3.9.1.1',
      agent: 'terraform',
    })),
  });
  const found = (events: string[]) => ({
    identityId: 'i1',
    detector: 'travel' as const,
    cause: 'travel',
    severity: 'high' as const,
    title: '',
    summary: '',
    reasons: [],
    evidence: { sessions: ['s'], decisions: [], events },
    firstSeenAt: '',
    lastSeenAt: '',
  });
  const said = [{ detector: 'travel', cause: 'travel', networks: ['3.9.1.0/24'], agents: ['terraform'] }];
  const ids = picture.events.map(({ id }) => id);
  test('is all of the evidence, also what was cut from it', () => {
    expect(isExpected(found(ids.slice(10, 20)), picture, said)).toBe(true);
    expect(isExpected(found(ids.slice(0, 5)), picture, said)).toBe(false);
    expect(isExpected(found(ids.slice(30)), picture, said)).toBe(false);
    expect(isExpected(found([]), picture, said)).toBe(false);
    expect(isExpected(found(ids.slice(10, 20)), picture, [])).toBe(false);
    expect(isExpected(found(ids.slice(10, 20)), picture, [{ ...said[0]!, cause: 'other' }])).toBe(false);
  });
  test('a cause that names a session stands for any', () => {
    expect(['session:1 a', 'credential:x', 'place:BR', 'travel'].map(causeKind)).toEqual([
      'session:*',
      'credential:*',
      'place:BR',
      'travel',
    ]);
  });
});
