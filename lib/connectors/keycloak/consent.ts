import type { Acted } from '@/lib/connectors/contract';
import { type Deps, target } from '@/lib/connectors/keycloak/end';

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
