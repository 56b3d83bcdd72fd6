// A session's risk and its credential's are two things: what speaks of one changes nothing of the other (requirement D1).
import { expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { keepRisks, sayRisk } from '@/lib/risks/keep-risks';
import { showCredentialRisks } from '@/lib/risks/show-credential-risks';
import { showSessionRisk } from '@/lib/risks/show-session-risk';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Vi', role: 'viewer' as const } };

async function subject() {
  const identityId = newId();
  await prisma().identity.create({
    data: { id: identityId, name: identityId, externalId: identityId, kind: 'service_account' },
  });
  const credential = async (externalId: string) => {
    const id = newId();
    await prisma().credential.create({ data: { id, identityId, kind: 'access_key', externalId, source: 'aws' } });
    return id;
  };
  const [first, second] = [await credential('AKIA1'), await credential('AKIA2')];
  const session = async (over: object) => {
    const id = newId();
    const told = {
      source: 'aws',
      observedBy: 'derived',
      groupKey: id,
      startedAt: clock.now(),
      lastEventAt: clock.now(),
    };
    await prisma().session.create({ data: { id, identityId, label: 'one', ...told, ...over } });
    return id;
  };
  const [one, other] = [await session({ credentialId: first }), await session({ key: 'AKIA2' })];
  const find = async (detector: string, cause: string, severity: string, sessions: string[], state = 'open') => {
    const id = newId();
    const data = { id, identityId, detector, cause, severity, state, title: detector, summary: detector };
    await prisma().finding.create({
      data: { ...data, evidence: { sessions }, firstSeenAt: clock.now(), lastSeenAt: clock.now() },
    });
    return id;
  };
  const levels = async () => ({
    sessions: [(await showSessionRisk(ctx, { id: one })).level, (await showSessionRisk(ctx, { id: other })).level],
    credentials: (await showCredentialRisks(ctx, { id: identityId })).items.map((item) => item.level),
  });
  return { identityId, first, second, one, other, find, levels };
}

test('a hijacked session is a risk, and its credential is none; the other session is none either', async () => {
  const { one, find, levels } = await subject();
  expect(await levels()).toEqual({ sessions: [null, null], credentials: [null, null] });
  await find('replay', `session:${one}`, 'critical', [one]);
  // That it goes on after the secret was rotated is the session's as well.
  await find('survival', 'credential:AKIA1:rotated', 'medium', [one]);
  expect(await levels()).toEqual({ sessions: ['HIGH', null], credentials: [null, null] });
  expect((await showSessionRisk(ctx, { id: one })).because.map((said) => said.severity)).toEqual([
    'critical',
    'medium',
  ]);
});

test('a copied credential is a risk, and neither the sessions opened with it nor the other credential are', async () => {
  const { one, other, find, levels } = await subject();
  await find('token-reuse', `family:${one}`, 'medium', [one]);
  expect(await levels()).toEqual({ sessions: [null, null], credentials: ['MEDIUM', null] });
  await find('survival', 'credential:AKIA2:revoked', 'high', [other]);
  expect(await levels()).toEqual({ sessions: [null, null], credentials: ['MEDIUM', 'HIGH'] });
});

test('what is closed speaks no more; a session of another’s finding is meant by its name', async () => {
  const { one, other, find, levels } = await subject();
  await find('replay', `session:${one}`, 'critical', [one], 'closed');
  expect(await levels()).toEqual({ sessions: [null, null], credentials: [null, null] });
  await (await subject()).find('structuring', 'exposure:x', 'low', [other]);
  expect(await levels()).toEqual({ sessions: [null, 'LOW'], credentials: [null, null] });
  await expect(showSessionRisk(ctx, { id: newId() })).rejects.toMatchObject({ code: 'not_found' });
});

test('what is kept for policies is what is shown: of sessions on them, of credentials on their identity', async () => {
  const { identityId, one, other, find, levels } = await subject();
  const kept = async () => {
    await transaction((tx) => keepRisks(tx, [identityId], [one, other]));
    const sessions = await Promise.all([one, other].map((id) => prisma().session.findUniqueOrThrow({ where: { id } })));
    const { credentialRisks } = await prisma().identity.findUniqueOrThrow({ where: { id: identityId } });
    const risks = (credentialRisks ?? {}) as Record<string, string>;
    return {
      sessions: sessions.map((each) => each.risk),
      credentials: ['AKIA1', 'AKIA2'].map((name) => risks[name] ?? null),
    };
  };
  const nothing = { sessions: [null, null], credentials: [null, null] };
  expect(await kept()).toEqual(nothing);
  const found = [
    await find('replay', `session:${one}`, 'critical', [one]),
    await find('token-reuse', `family:${other}`, 'medium', [other]),
  ];
  expect(await kept()).toEqual({ sessions: ['HIGH', null], credentials: [null, 'MEDIUM'] });
  expect(await kept()).toEqual(await levels());
  // Another system's word: the highest counts, and its last one.
  const say = (level: 'LOW' | 'MEDIUM' | 'HIGH') =>
    transaction((tx) => sayRisk(tx, { sessionIds: [other], source: 'idp', level }));
  await say('LOW');
  expect((await kept()).sessions).toEqual(['HIGH', null]);
  await say('MEDIUM');
  expect(await kept()).toEqual({ sessions: ['HIGH', 'MEDIUM'], credentials: [null, 'MEDIUM'] });
  expect(await kept()).toEqual(await levels());
  await say('LOW');
  await prisma().finding.updateMany({ where: { id: { in: found } }, data: { state: 'closed', stateAt: clock.now() } });
  expect(await kept()).toEqual({ sessions: [null, 'LOW'], credentials: [null, null] });
  expect(await kept()).toEqual(await levels());
});

test('a signal about a credential speaks of the one it names, or of each; one about the account of neither', async () => {
  const { identityId, one, find, levels } = await subject();
  const sourceId = newId();
  await find('shared-signal', `${sourceId}:risk-level-change`, 'high', [one]);
  expect(await levels()).toEqual({ sessions: [null, null], credentials: [null, null] });
  await find('shared-signal', `${sourceId}:credential-compromise`, 'critical', [one]);
  expect(await levels()).toEqual({ sessions: [null, null], credentials: ['HIGH', 'HIGH'] });

  const event = 'https://schemas.openid.net/secevent/risc/event-type/credential-compromise';
  const issuer = 'https://idp.example.test';
  const source = { id: sourceId, name: 'idp', issuer, method: 'push', config: {}, createdBy: 'test' };
  await prisma().signalSource.create({ data: source });
  await prisma().signalIn.create({
    data: {
      id: newId(),
      sourceId,
      event,
      claims: { events: { [event]: { credential_type: 'app', credential_id: 'AKIA2' } } },
      outcome: 'taken',
      identityIds: [identityId],
      receivedAt: clock.now(),
    },
  });
  expect(await levels()).toEqual({ sessions: [null, null], credentials: [null, 'HIGH'] });
  await find('shared-signal', `${sourceId}:session-revoked`, 'medium', [one]);
  expect(await levels()).toEqual({ sessions: ['MEDIUM', null], credentials: [null, 'HIGH'] });
});
