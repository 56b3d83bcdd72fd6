import { expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { left } from '@/lib/revocations/left';

testDatabase();
const viewer = { actor: { kind: 'operator' as const, id: newId(), name: 'Vi', role: 'viewer' as const } };

test('a key still works where only a session was proven over, or access was given back', async () => {
  const [identityId, connectorId] = [newId(), newId()];
  await prisma().identity.create({
    data: { id: identityId, name: 'svc-left', externalId: 'svc-left', kind: 'service_account' },
  });
  await prisma().credential.create({
    data: { id: newId(), identityId, connectorId, kind: 'api_key', externalId: 'key-1', source: 'acme' },
  });
  const tokensAfter = async (kind: string, undoneBy: string | null = null) => {
    const id = newId();
    const at = clock.now();
    const said = { reasonCode: 'test', reason: '', actorKind: 'operator', actorName: 'Rae', requestedAt: at };
    await prisma().revocation.create({ data: { id, kind, identityId, state: 'verified', undoneBy, ...said } });
    await prisma().revocationStep.create({
      data: {
        id: newId(),
        revocationId: id,
        ordinal: 1,
        system: 'Acme',
        connectorId,
        verb: 'probe',
        title: 'Prove it',
        state: 'verified',
      },
    });
    const { tokens, beside } = await left(viewer, { id });
    const [about, other] = kind === 'terminate' ? [beside.tokens, tokens] : [tokens, beside.tokens];
    expect(other).toEqual([]);
    return about.map((one) => one.what);
  };
  expect(await tokensAfter('revoke')).toEqual([]);
  // The end of a session is not about the identity's other keys: they are told beside.
  for (const kind of ['terminate', 'restore']) expect(await tokensAfter(kind)).toEqual(['api key key-1']);
  expect(await tokensAfter('revoke', newId())).toEqual(['api key key-1']);
});

test('each row says why it may still be used, and the one act that ends it; what others hold under its authority is on it', async () => {
  const identity = async (name: string, state = 'active') => {
    const id = newId();
    await prisma().identity.create({ data: { id, name, externalId: name, kind: 'ai_agent', state } });
    return id;
  };
  const session = async (identityId: string, label: string, parentId: string | null, ended = false) => {
    const id = newId();
    const at = clock.now();
    const over = ended ? { endedAt: at, state: 'ended' } : {};
    const told = { source: 'otel', observedBy: 'derived', groupKey: id, startedAt: at, lastEventAt: at };
    await prisma().session.create({
      data: { id, identityId, label, parentId, lineage: parentId && 'tool', ...told, ...over },
    });
    return id;
  };
  const [planner, executor, closed] = [
    await identity('planner'),
    await identity('executor'),
    await identity('closed-one', 'revoked'),
  ];
  const root = await session(planner, 'planner run', null, true);
  const middle = await session(executor, 'executor run', root, true);
  const own = await session(planner, 'planner again', null);
  await session(executor, 'executor tool', middle);
  const shut = await session(closed, 'closed tool', root);
  await prisma().credential.create({
    data: { id: newId(), identityId: planner, kind: 'token', externalId: 't-1', source: 'okta' },
  });
  const consentId = newId();
  await prisma().consent.create({
    data: {
      id: consentId,
      source: 'okta',
      app: 'notes',
      grantor: 'ada',
      identityId: planner,
      scopes: ['mail'],
      at: clock.now(),
      eventId: newId(),
    },
  });
  const id = newId();
  const said = { reasonCode: 'test', reason: '', actorKind: 'operator', actorName: 'Rae', requestedAt: clock.now() };
  await prisma().revocation.create({
    data: { id, kind: 'revoke', identityId: planner, state: 'effective', ...said },
  });
  const found = await left(viewer, { id });
  expect(found.sessions.map((one) => one.act)).toEqual([
    { kind: 'terminate', sessionId: own, label: 'planner again', identityName: 'planner' },
  ]);
  expect(found.tokens.map((one) => one.act)).toMatchObject([{ kind: 'rotate', identityId: planner }]);
  const acts = new Map(found.delegations.map((one) => [one.what, one.act]));
  expect(acts.get('executor: executor tool')).toMatchObject({ kind: 'revoke', identityId: executor });
  expect(acts.get('closed-one: closed tool')).toMatchObject({ kind: 'terminate', sessionId: shut });
  expect(acts.get('ada allowed notes: mail')).toEqual({ kind: 'take_back', consentId, identityId: planner });
  expect(acts.size).toBe(3);
  expect(found.delegations.find((one) => one.what.startsWith('executor'))!.why).toContain(
    'acts under the authority of a session of planner (tool)',
  );
  // One that is shut is not rotated: what is left of it has to run out.
  await prisma().identity.update({ where: { id: planner }, data: { state: 'revoked' } });
  expect((await left(viewer, { id })).tokens.map((one) => one.act)).toEqual([null]);
});

test('after the end of one session it tells what is left of that one, and what else the identity has open beside it', async () => {
  const [identityId, helper] = [newId(), newId()];
  for (const [id, name] of [
    [identityId, 'runner'],
    [helper, 'helper'],
  ] as const)
    await prisma().identity.create({ data: { id, name, externalId: name, kind: 'ai_agent' } });
  const at = clock.now();
  const session = async (label: string, of = identityId, more: object = {}) => {
    const id = newId();
    const told = { source: 'otel', observedBy: 'derived', groupKey: id, startedAt: at, lastEventAt: at };
    await prisma().session.create({ data: { id, identityId: of, label, ...told, ...more } });
    return id;
  };
  const credential = async (externalId: string) => {
    const id = newId();
    await prisma().credential.create({ data: { id, identityId, kind: 'token', externalId, source: 'otel' } });
    return id;
  };
  const consent = async (app: string) => {
    const id = newId();
    const who = { grantor: 'ada', identityId, scopes: [], at, eventId: newId() };
    await prisma().consent.create({ data: { id, source: 'otel', app, ...who } });
    return id;
  };
  const [own, ownConsent] = [await credential('its-own'), await consent('its-app')];
  await credential('another');
  await consent('another-app');
  const ended = await session('asked', identityId, { credentialId: own, consent: { id: ownConsent } });
  const child = await session('under it', identityId, { parentId: ended, lineage: 'tool' });
  const other = await session('elsewhere');
  await session('helps it', helper, { parentId: child, lineage: 'delegation' });
  await session('helps elsewhere', helper, { parentId: other, lineage: 'delegation' });
  const id = newId();
  const said = { reasonCode: 'test', reason: '', actorKind: 'operator', actorName: 'Rae', requestedAt: at };
  await prisma().revocation.create({
    data: { id, kind: 'terminate', identityId, sessionIds: [ended], state: 'accepted', ...said },
  });
  const found = await left(viewer, { id });
  const takenBack = newId();
  await prisma().revocation.create({
    data: { id: takenBack, kind: 'consent', consentId: ownConsent, identityId, state: 'requested', ...said },
  });
  const of = await left(viewer, { id: takenBack });
  expect([of.sessions, of.tokens, of.delegations.map((one) => one.what)]).toEqual([
    [],
    [],
    ['ada allowed its-app: everything it asks for'],
  ]);
  expect(of.beside.sessions).toHaveLength(3);
  const words = ({ sessions, tokens, delegations }: typeof found.beside) =>
    [sessions, tokens, delegations].map((list) => list.map((one) => one.what).sort());
  expect(words(found)).toEqual([
    ['asked', 'under it'],
    ['token its-own'],
    ['ada allowed its-app: everything it asks for', 'helper: helps it'],
  ]);
  expect(words(found.beside)).toEqual([
    ['elsewhere'],
    ['token another'],
    ['ada allowed another-app: everything it asks for', 'helper: helps elsewhere'],
  ]);
});
