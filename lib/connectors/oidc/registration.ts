import { refusalOf } from '@/lib/connectors/answer-model';
import type { Held } from '@/lib/connectors/oidc/settings-model';
import { clock } from '@/lib/platform/clock';

/** A client's registration as the provider keeps it (RFC 7591, 7592); what is not known here is handed back unchanged. */
export type Registration = Record<string, unknown> & { grant_types?: string[]; response_types?: string[] };

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one) => b.includes(one));

export const responsesFor = (grants: readonly string[]): string[] =>
  grants.includes('authorization_code') ? ['code'] : [];

/** Is what it has another thing than what restoring would give back from these grants? */
export const unlike = (now: Registration, grants: readonly string[]): boolean =>
  !same(now.grant_types ?? [], grants) || !same(now.response_types ?? [], responsesFor(grants));

export interface Registrations {
  /** null: the client is gone, or its registration token is another one. */
  readRegistration(held: Held): Promise<Registration | null>;
  writeRegistration(held: Held, registration: Registration): Promise<Registration>;
}

export function registrations(fetch: typeof globalThis.fetch): Registrations {
  const manage = (held: Held, method: string, body?: Registration) =>
    fetch(held.uri!, {
      method,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${held.value}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  const nope = (answer: Response, said: string) =>
    refusalOf(answer.status, answer.headers.get('retry-after'), clock.ms(), said);
  return {
    async readRegistration(held) {
      const answer = await manage(held, 'GET');
      if (answer.ok) return (await answer.json()) as Registration;
      // RFC 7592 section 2.1: 401 also where the client is no longer there.
      if (answer.status === 401 || answer.status === 404) return null;
      throw nope(answer, `The registration of ${held.client} was answered ${answer.status}.`);
    },
    async writeRegistration(held, registration) {
      const answer = await manage(held, 'PUT', registration);
      if (answer.ok) return (await answer.json()) as Registration;
      throw nope(answer, `The change to ${held.client}’s registration was answered ${answer.status}.`);
    },
  };
}
