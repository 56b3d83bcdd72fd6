import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Connection } from '@/lib/connectors/contract';
import { contractSuite } from '@/lib/connectors/contract-test';
import { entraConnector } from '@/lib/connectors/entra/connector';
import { companionFound, principalFound, targetOf } from '@/lib/connectors/entra/found-normalise';
import {
  AGENT,
  BRAID,
  CERTIFICATE,
  COMPANION,
  connectTo,
  HOST,
  PAY,
  principal,
  ROLES,
  RUNNER,
  SECRET,
  startTenant,
} from '@/lib/connectors/entra/testing-connection';
import { subjectOf } from '@/lib/connectors/entra/testing-subject';
import { type GraphWorld, id, OWN } from '@/lib/connectors/entra/testing-tenant';

contractSuite(entraConnector.manifest, () => subjectOf());

let world: GraphWorld;
let connection: Connection;
beforeAll(async () => {
  world = await startTenant();
  connection = await connectTo(world);
});
afterAll(async () => {
  expect(world.double.violations).toEqual([]);
  await world.double.close();
});

test('service principals over all pages, credentials of their registrations, accounts of agents; not Microsoft’s own', async () => {
  const found = await connection.discover!();
  expect(found.map((one) => [one.externalId, one.kind, one.protected])).toEqual([
    [BRAID, 'service_account', true],
    [PAY, 'service_account', false],
    [RUNNER, 'workload', false],
    [AGENT, 'ai_agent', false],
    [`user:${COMPANION}`, 'ai_agent', false],
  ]);
  expect(found[1]!.credentials.map((one) => [one.externalId, one.kind])).toEqual([
    [SECRET, 'client_secret'],
    [CERTIFICATE, 'certificate'],
  ]);
});

test('an agent whose account is left enabled is not clean (G14); ended with it, it is given back with it', async () => {
  expect(await connection.predict!(AGENT)).toMatchObject([{ externalId: `user:${COMPANION}` }]);
  await connection.blockIdentity!(AGENT);
  const early = await connection.probeIdentity!(AGENT);
  expect(early.residuals.map((one) => one.gap)).toEqual(['G2', 'G14']);
  expect(await connection.endDerived!(AGENT, 'revoke')).toMatchObject({ state: 'effective', affected: 1 });
  expect(world.users.get(COMPANION)!.accountEnabled).toBe(false);
  expect((await connection.probeIdentity!(AGENT)).residuals.map((one) => one.gap)).toEqual(['G2']);
  expect(await connection.restoreIdentity!(AGENT)).toMatchObject({ state: 'effective', affected: 1 });
  expect(world.users.get(COMPANION)!.accountEnabled).toBe(true);
});

test('accounts disabled with an agent are given back by a process that was started since', async () => {
  await connection.blockIdentity!(AGENT);
  expect(await connection.endDerived!(AGENT, 'revoke')).toMatchObject({ state: 'effective', affected: 1 });
  const until = async (by: Connection) => (await by.probeIdentity!(AGENT)).residuals[0]!.until;
  const told = await until(connection);
  vi.resetModules();
  const fresh = (await import('@/lib/connectors/entra/connector')).entraConnector;
  const next = await connectTo(world, {}, fresh);
  expect(await until(next)).toBe(told);
  expect(await next.endDerived!(AGENT, 'revoke')).toMatchObject({ state: 'effective', affected: 0 });
  expect(await next.restoreIdentity!(AGENT)).toMatchObject({ state: 'effective', affected: 1 });
  expect([world.principals.get(AGENT)!.accountEnabled, world.users.get(COMPANION)!.accountEnabled]).toEqual([
    true,
    true,
  ]);
  expect(await HOST.notes.read(`companions:${AGENT}`)).toBeNull();
});

test('an account that was disabled before is not enabled by a restore', async () => {
  world.users.get(COMPANION)!.accountEnabled = false;
  await connection.blockIdentity!(AGENT);
  await connection.endDerived!(AGENT, 'revoke');
  await connection.restoreIdentity!(AGENT);
  expect(world.users.get(COMPANION)!.accountEnabled).toBe(false);
  world.users.get(COMPANION)!.accountEnabled = true;
});

test('an account itself: disabled, its sessions revoked', async () => {
  expect(await connection.blockIdentity!(`user:${COMPANION}`)).toMatchObject({ state: 'effective', affected: 1 });
  expect(await connection.endSessions!(`user:${COMPANION}`)).toMatchObject({ state: 'accepted' });
  expect(world.users.get(COMPANION)).toMatchObject({ accountEnabled: false, sessions: 0 });
  await connection.restoreIdentity!(`user:${COMPANION}`);
});

test('a managed identity’s token is kept for a day (G7)', async () => {
  await connection.blockIdentity!(RUNNER);
  const [left] = (await connection.probeIdentity!(RUNNER)).residuals;
  expect(left).toMatchObject({ gap: 'G7' });
  expect(Date.parse(left!.until!)).toBeGreaterThan(Date.now() + 23 * 3_600_000);
  await connection.restoreIdentity!(RUNNER);
});

test('changes: a page at a time, then only what changed, read whole; deletions are tombstones; a lost place begins anew', async () => {
  const seen: string[] = [];
  let cursor: string | null = null;
  let more = true;
  while (more) {
    const page = await connection.discoverChanges!(cursor);
    expect(page.complete).toBe(true);
    seen.push(...page.items.map((one) => one.externalId));
    ({ cursor, more } = page);
  }
  expect(seen).toEqual([BRAID, PAY, RUNNER, AGENT]);
  await connection.blockIdentity!(PAY);
  const changed = await connection.discoverChanges!(cursor);
  expect(changed).toMatchObject({
    items: [{ externalId: PAY, name: 'payments', enabled: false }],
    removed: [],
    complete: false,
  });
  await connection.restoreIdentity!(PAY);
  world.remove(RUNNER);
  const gone = await connection.discoverChanges!(changed.cursor);
  expect(gone).toMatchObject({ items: [{ externalId: PAY, enabled: true }], removed: [RUNNER] });
  world.forget();
  expect(await connection.discoverChanges!(gone.cursor)).toMatchObject({ complete: true });
});

test('a consent is taken back: a person’s own first, else the one for everybody that holds its scopes', async () => {
  const NOTES = id(80);
  world.principals.set(NOTES, principal(NOTES, 'notes'));
  const person = (at: string, userPrincipalName: string) => {
    world.users.set(at, { id: at, userPrincipalName, accountEnabled: true, parent: null, sessions: 0 });
    return { id: at };
  };
  const [ada, mia] = [person(id(81), 'ada@acme.example'), person(id(82), 'mia@acme.example')];
  const give = (grant: string, scope: string, principalId?: string) =>
    world.grants.set(grant, {
      id: grant,
      clientId: NOTES,
      consentType: principalId ? 'Principal' : 'AllPrincipals',
      scope,
      ...(principalId ? { principalId } : {}),
    });
  give('c1', 'Mail.Read offline_access', ada.id);
  give('c2', 'Mail.Read', mia.id);
  give('c3', 'Mail.Read Files.Read');
  const consent = { app: NOTES, grantor: 'ada@acme.example', scopes: ['Mail.Read'] };
  const left = () => [...world.grants.keys()].filter((one) => one.startsWith('c'));
  expect(await connection.revokeConsent!(consent)).toMatchObject({ state: 'effective', affected: 1 });
  expect(left()).toEqual(['c2', 'c3']);
  expect(await connection.revokeConsent!({ ...consent, scopes: ['Mail.Send'] })).toMatchObject({ affected: 0 });
  expect(left()).toEqual(['c2', 'c3']);
  expect(await connection.revokeConsent!(consent)).toMatchObject({
    state: 'effective',
    detail: '1 of 1 permission grant granted for everybody removed',
  });
  expect(left()).toEqual(['c2']);
  expect(await connection.revokeConsent!({ ...consent, grantor: 'nobody@acme.example' })).toMatchObject({
    state: 'failed',
    detail: expect.stringContaining('nobody@acme.example'),
  });
  const role = { id: 'r1', appRoleId: id(91), principalId: NOTES, resourceId: id(92) };
  world.roleAssignments.set(NOTES, [role]);
  expect(await connection.revokeConsent!(consent)).toMatchObject({
    state: 'failed',
    detail: expect.stringContaining('1 application permissions'),
  });
  world.roleAssignments.clear();
  await expect(connection.revokeConsent!({ ...consent, app: BRAID })).rejects.toMatchObject({
    code: 'connector.protected',
  });
});

test('Retry-After is passed on', async () => {
  world.limited = { 'retry-after': '12' };
  const limited = { code: 'connector.limited', detail: { retryAfterMs: 12_000 } };
  await expect(connection.discover!()).rejects.toMatchObject(limited);
  world.limited = null;
});

test('both logs are read, one after the other, every entry once', async () => {
  let { cursor } = await connection.pullEvents!(null, 100);
  const read = async () => {
    const lines: string[] = [];
    for (let more = true; more; ) {
      const pulled = await connection.pullEvents!(cursor, 100);
      lines.push(...pulled.lines);
      ({ cursor, more } = pulled);
    }
    return lines.map((line) => JSON.parse(line).id as string);
  };
  await read();
  world.signIn(PAY);
  world.change(PAY);
  expect(await read()).toEqual([`sign-in-${world.signIns.length - 1}`, `audit-${world.audits.length - 1}`]);
  expect(await read()).toEqual([]);
});

test('a certificate signs; a wrong secret is said to be; missing permissions are named', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-entra-'));
  const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  const args = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    key,
    '-out',
    cert,
    '-days',
    '2',
    '-subj',
    '/CN=braid',
  ];
  execFileSync('openssl', args, { stdio: 'ignore' });
  const certificate = fs.readFileSync(cert, 'utf8') + fs.readFileSync(key, 'utf8');
  fs.rmSync(folder, { recursive: true });
  const signed = await connectTo(world, { certificate, clientSecret: '' });
  world.roles = ['Application.Read.All'];
  const less = await connectTo(world);
  const missing = (await less.test()).checks.filter((check) => !check.ok);
  expect(missing.map((check) => check.check)).toContain('AuditLog.Read.All');
  expect(missing.every((check) => check.fix)).toBe(true);
  world.roles = ROLES;
  expect((await signed.discover!()).length).toBeGreaterThan(3);
  await expect(connectTo(world, { clientSecret: 'wrong' })).rejects.toMatchObject({ code: 'connector.refused' });
});

test('whatever Graph sends, what is found can be told apart and comes back by its id', () => {
  const raw = fc.oneof(
    fc.anything(),
    fc.record({
      id: fc.uuid(),
      passwordCredentials: fc.anything(),
      keyCredentials: fc.array(fc.anything()),
      displayName: fc.anything(),
    }),
  );
  fc.assert(
    fc.property(raw, raw, (one, registration) => {
      for (const found of [principalFound(one, OWN, registration), companionFound(one)]) {
        if (found) expect(targetOf(found.externalId)).not.toBeNull();
      }
    }),
  );
});
