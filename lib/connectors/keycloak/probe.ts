import { setTimeout as sleep } from 'node:timers/promises';
import type { NativeSession, Probed, Residual } from '@/lib/connectors/contract';
import { findClient, type Realm, rolesOf, serviceAccountOf, sessionsOf } from '@/lib/connectors/keycloak/catalog';
import type { Client } from '@/lib/connectors/keycloak/client';
import { type ClientRow, lifespanOf } from '@/lib/connectors/keycloak/found-normalise';
import { clock } from '@/lib/platform/clock';

/** Two readings this far apart: a session that was being opened while the client was disabled shows in the second. */
export const BETWEEN_READINGS_MS = 1_000;
/** Roles with which a token is of use at /clients-registrations. */
const REGISTERS = ['realm-admin', 'manage-clients', 'create-client', 'view-clients'];

export type Checks = Probed['checks'];
export const note = (checks: Checks, check: string, saw: string) =>
  checks.push({ check, saw: saw.slice(0, 400), at: clock.now().toISOString() });

export const sessionsText = (count: number) => `${count} ${count === 1 ? 'session' : 'sessions'}`;

/** Tokens issued before the not-before, or before now where there is none, have expired by then. */
function lastExpiry(row: ClientRow, realm: Realm): number {
  const from = row.notBefore && row.notBefore > 0 ? row.notBefore * 1000 : clock.ms();
  return from + lifespanOf(row, realm.accessTokenLifespan) * 1000;
}

export const offlineVerified = (until: number): Residual => ({
  what: 'access tokens issued before',
  why: 'Keycloak refuses them; a service that only checks their signature accepts them until they expire.',
  until: new Date(until).toISOString(),
  gap: 'G2',
});

const registration = (until: number, roles: string[], seen: boolean): Residual => ({
  what: `access tokens issued before, at /clients-registrations${roles.length ? ` (${roles.join(', ')})` : ''}`,
  why: seen
    ? 'That endpoint has just accepted one: it asks neither whether the client is enabled nor for its not-before.'
    : 'That endpoint asks neither whether the client is enabled nor for its not-before.',
  until: new Date(until).toISOString(),
  gap: 'G3',
});

/** A login with the client's real secret: refused or not tried is no proof of the contrary, let in is. */
async function tryLogin(
  client: Client,
  row: ClientRow,
  secret: string | undefined,
): Promise<'in' | 'refused' | 'untried'> {
  const known = secret || row.secret;
  if (!known || (row.clientAuthenticatorType ?? 'client-secret') !== 'client-secret') return 'untried';
  // An enabled client would be given a token: that is found out without one.
  if (row.enabled !== false) return 'untried';
  const got = await client.login(row.clientId, known);
  if (!got) return 'refused';
  await client.drop(row.clientId, known, got.refresh_token ?? got.access_token);
  return 'in';
}

const LOGIN = {
  in: 'let in',
  refused: 'refused',
  untried: 'not tried: it has no secret Keycloak would show',
} as const;

/** A token Braid obtained as the canary before the block, if any: tried where it can still be of use. */
export interface HeldToken {
  token: string;
  expiresMs: number;
}

async function tryHeld(
  client: Client,
  held: HeldToken,
  checks: Checks,
): Promise<{ alive: boolean; registers: boolean }> {
  const served = await client.statusOf('/protocol/openid-connect/userinfo', held.token);
  note(checks, 'token held of the canary, at userinfo', served === 401 ? 'refused (401)' : `accepted (${served})`);
  const at = await client.statusOf('/clients-registrations/default/braid-probe', held.token);
  note(checks, 'the same at /clients-registrations', at === 401 ? 'refused (401)' : `recognised (${at})`);
  return { alive: served !== 401, registers: at !== 401 };
}

export interface ProbeDeps {
  client: Client;
  realm: Realm;
  /** Of the canary: its secret and a token that worked before. */
  secretOf(clientId: string): string | undefined;
  heldOf(clientId: string): HeldToken | undefined;
}

/** What was issued before the not-before: tried where Braid holds such a token, and said for as long as it may be taken elsewhere. */
export async function outlive(
  { client, realm, heldOf }: ProbeDeps,
  row: ClientRow,
  checks: Checks,
): Promise<{ alive?: string; residuals: Residual[] }> {
  const held = heldOf(row.clientId);
  const tried = held && held.expiresMs > clock.ms() ? await tryHeld(client, held, checks) : undefined;
  if (tried?.alive) return { alive: 'a token obtained before is still accepted by Keycloak', residuals: [] };
  const until = lastExpiry(row, realm);
  const residuals = leftBehind(until);
  if (residuals.length) {
    const account = await serviceAccountOf(client, row);
    const roles = account ? (await rolesOf(client, account.id)).filter((name) => REGISTERS.includes(name)) : [];
    note(checks, 'roles of use at /clients-registrations', roles.join(', ') || 'none');
    if (roles.length) residuals.push(registration(until, roles, tried?.registers ?? false));
  }
  return { residuals };
}

/**
 * Gone = disabled and no session, read twice, and a login with the client's own secret refused where Keycloak shows it. What
 * was issued before and is checked elsewhere lives until it expires: at the latest one token's life after the not-before.
 */
export async function probeClient(deps: ProbeDeps, clientId: string): Promise<Probed> {
  const { client, realm } = deps;
  const checks: Checks = [];
  const look = async (check: string) => {
    const row = await findClient(client, clientId);
    const sessions = row ? (await sessionsOf(client, row)).length : 0;
    note(
      checks,
      check,
      `${row ? (row.enabled === false ? 'disabled' : 'enabled') : 'no such client'}, ${sessionsText(sessions)}`,
    );
    return { row, sessions, open: row !== null && row.enabled !== false };
  };
  const alive = (detail: string): Probed => ({ result: 'alive', detail, checks, residuals: [] });
  const first = await look('client and sessions read');
  if (first.open) return alive(`enabled, ${sessionsText(first.sessions)}`);
  if (first.sessions) return alive(`disabled, ${sessionsText(first.sessions)}`);
  await sleep(BETWEEN_READINGS_MS);
  const { row, sessions, open } = await look('read again a second later');
  if (open || sessions) return alive(`${open ? 'enabled' : 'disabled'}, ${sessionsText(sessions)}`);
  if (!row)
    return {
      result: 'gone',
      detail: 'client deleted',
      checks,
      residuals: leftBehind(clock.ms() + realm.accessTokenLifespan * 1000),
    };
  const login = await tryLogin(client, row, deps.secretOf(clientId));
  note(checks, 'login with its own secret', LOGIN[login]);
  if (login === 'in') return alive('disabled, and its login still works');
  const left = await outlive(deps, row, checks);
  if (left.alive) return alive(left.alive);
  const detail = `disabled, listed twice: 0 sessions${login === 'refused' ? ', login refused' : ''}`;
  return { result: 'gone', detail, checks, residuals: left.residuals };
}

const leftBehind = (until: number): Residual[] => (until > clock.ms() ? [offlineVerified(until)] : []);

/** A session id never comes back. Access tokens of the session expire by themselves, at the latest one life after now. */
export async function probeOne({ client, realm }: ProbeDeps, session: NativeSession): Promise<Probed> {
  const checks: Checks = [];
  const look = async (check: string) => {
    const row = await findClient(client, session.externalIdentityId);
    const there = row ? (await sessionsOf(client, row)).some((one) => one.key === session.key) : false;
    note(checks, check, there ? 'still listed' : 'not listed');
    return { row, there };
  };
  const first = await look('session looked up');
  if (first.there) return { result: 'alive', detail: 'still listed', checks, residuals: [] };
  await sleep(BETWEEN_READINGS_MS);
  const { row, there } = await look('looked up again a second later');
  if (there) return { result: 'alive', detail: 'listed again', checks, residuals: [] };
  // Its last token was issued no later than it was last used.
  const life = row ? lifespanOf(row, realm.accessTokenLifespan) : realm.accessTokenLifespan;
  const until = Date.parse(session.lastEventAt) + life * 1000;
  return { result: 'gone', detail: 'gone, looked up twice', checks, residuals: leftBehind(until) };
}
