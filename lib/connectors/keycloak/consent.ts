import { setTimeout as sleep } from 'node:timers/promises';
import type { Acted, GivenConsent, Probed } from '@/lib/connectors/contract';
import type { Realm } from '@/lib/connectors/keycloak/catalog';
import { type Deps, target } from '@/lib/connectors/keycloak/end';
import { lifespanOf } from '@/lib/connectors/keycloak/found-normalise';
import { BETWEEN_READINGS_MS, offlineVerified } from '@/lib/connectors/keycloak/probe';
import { clock } from '@/lib/platform/clock';

interface Person {
  id: string;
  username: string;
}
interface Given {
  clientId: string;
}

/** The log names who allowed it by name, or by id where the event has no more. */
async function personOf({ client }: Deps, grantor: string): Promise<Person | null> {
  const named = await client.get<Person[]>(
    `/users?${new URLSearchParams({ username: grantor, exact: 'true' })}`,
    'view-users',
  );
  return named?.[0] ?? client.get<Person>(`/users/${encodeURIComponent(grantor)}`, 'view-users');
}

/** Takes back what a client was allowed by one person, its offline tokens of that person with it; read back. */
export async function revokeConsent(deps: Deps, { app, grantor }: { app: string; grantor: string }): Promise<Acted> {
  const row = await target(deps, app);
  if (!row) return { state: 'effective', detail: 'the client no longer exists', affected: 0 };
  const person = await personOf(deps, grantor);
  if (!person) return { state: 'effective', detail: `${grantor} no longer exists`, affected: 0 };
  const { client } = deps;
  const place = `/users/${person.id}/consents`;
  const was = await client.send('DELETE', `${place}/${encodeURIComponent(app)}`, 'manage-users');
  const left = (await client.get<Given[]>(place, 'view-users')) ?? [];
  if (left.some((one) => one.clientId === app))
    return { state: 'failed', detail: 'the deletion was taken, and the consent is still listed', affected: 0 };
  return was
    ? { state: 'effective', detail: `consent of ${person.username} removed, offline tokens with it`, affected: 1 }
    : { state: 'effective', detail: `no consent of ${person.username} is left`, affected: 0 };
}

/** Keycloak lists no such consent, twice a second apart. Access tokens that were issued before live to their end. */
export async function probeConsent(
  deps: Deps,
  realm: Realm,
  { app, grantor }: GivenConsent,
  since: Date,
): Promise<Probed> {
  const checks: Probed['checks'] = [];
  const note = (check: string, saw: string) => checks.push({ check, saw, at: clock.now().toISOString() });
  const row = await target(deps, app);
  const person = row && (await personOf(deps, grantor));
  const lives = row ? lifespanOf(row, realm.accessTokenLifespan) : realm.accessTokenLifespan;
  const until = since.getTime() + lives * 1_000;
  const residuals = until > clock.ms() ? [offlineVerified(until)] : [];
  if (!row || !person) {
    note(row ? 'account looked up' : 'client looked up', 'none');
    return { result: 'gone', detail: `${row ? grantor : app} no longer exists`, checks, residuals };
  }
  const look = async () => {
    const given = (await deps.client.get<Given[]>(`/users/${person.id}/consents`, 'view-users')) ?? [];
    const there = given.some((one) => one.clientId === app);
    note('consents listed', there ? `${app} among ${given.length}` : `${given.length}, and ${app} not among them`);
    return there;
  };
  let there = await look();
  if (!there) {
    await sleep(BETWEEN_READINGS_MS);
    there = await look();
  }
  if (there) return { result: 'alive', detail: 'the consent is still listed', checks, residuals: [] };
  return { result: 'gone', detail: `no consent of ${person.username} is listed`, checks, residuals };
}
