import type { BlockedSince } from '@/lib/connectors/blocked-since';
import type { Acted } from '@/lib/connectors/contract';
import type { Client } from '@/lib/connectors/oidc/client';
import { fingerprint } from '@/lib/connectors/oidc/found-normalise';
import type { Config } from '@/lib/connectors/oidc/manifest';
import { type Registration, responsesFor, unlike } from '@/lib/connectors/oidc/registration';
import type { Held, HeldKind } from '@/lib/connectors/oidc/settings-model';
import { BraidError } from '@/lib/platform/errors';

export interface Deps {
  client: Client;
  config: Config;
  /** As it is now: a registration's token changes when the provider rotates it. */
  held(): readonly Held[];
  /** Keeps a registration's new token where it outlives this process. */
  rotated(held: Held, value: string): Promise<void>;
  /** Since when a client can't come in. */
  since: BlockedSince;
}

const effective = (detail: string, affected: number): Acted => ({ state: 'effective', detail, affected });
const accepted = (detail: string, affected: number): Acted => ({ state: 'accepted', detail, affected });
const failed = (detail: string): Acted => ({ state: 'failed', detail, affected: 0 });

export const heldOf = (deps: Deps, client: string, kind: HeldKind): Held[] =>
  deps.held().filter((one) => one.client === client && one.kind === kind);

export function guard({ config }: Deps, client: string): void {
  if (client === config.clientId)
    throw new BraidError('connector.protected', `${client} is Braid’s own client there and never ended by Braid.`);
}

/** Members a provider adds itself and does not take back (RFC 7592 section 2.2). */
const TOLD_ONLY = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
];

async function write(deps: Deps, held: Held, now: Registration, grants: string[]): Promise<void> {
  const kept = Object.fromEntries(Object.entries(now).filter(([name]) => !TOLD_ONLY.includes(name)));
  const answer = await deps.client.writeRegistration(held, {
    ...kept,
    grant_types: grants,
    response_types: responsesFor(grants),
  });
  const fresh = answer.registration_access_token;
  if (typeof fresh === 'string' && fresh !== held.value) await deps.rotated(held, fresh);
}

export async function canEnter(deps: Deps, client: string): Promise<boolean> {
  const [held] = heldOf(deps, client, 'registration');
  if (!held) return true;
  const now = await deps.client.readRegistration(held);
  return (now?.grant_types ?? []).length > 0;
}

/** Takes the client's grants away through its registration. What it had is in the settings, so that restoring is exact. */
export async function block(deps: Deps, client: string): Promise<Acted> {
  guard(deps, client);
  const [held] = heldOf(deps, client, 'registration');
  if (!held)
    return accepted('the provider offers no switch for this client: its tokens are revoked, its credential is not', 0);
  const now = await deps.client.readRegistration(held);
  if (!now)
    return failed('its registration can’t be read: the client is gone, or its registration token is another one');
  const grants = now.grant_types ?? [];
  if (!grants.length) return effective('already without grants', 0);
  const told = deps.config.clients.find((one) => one.id === client)?.grants ?? [];
  if (unlike(now, told))
    return failed(
      `it has the grants ${grants.join(' ')}, the settings say ${told.join(' ') || 'none'}: restoring would not give back what it had`,
    );
  await deps.since.forget(client);
  await write(deps, held, now, []);
  if (await canEnter(deps, client)) return failed('the change was accepted, but the client still has grants');
  await deps.since.stands(client);
  return effective(`grants taken away: ${grants.join(' ')}`, 1);
}

export async function restore(deps: Deps, client: string): Promise<Acted> {
  guard(deps, client);
  const [held] = heldOf(deps, client, 'registration');
  if (!held) return effective('nothing was taken from it', 0);
  const now = await deps.client.readRegistration(held);
  if (!now) return failed('its registration can’t be read');
  if ((now.grant_types ?? []).length) return effective('it has its grants', 0);
  const grants = deps.config.clients.find((one) => one.id === client)?.grants ?? [];
  if (!grants.length) return failed('the settings do not say which grants it had');
  await write(deps, held, now, grants);
  if (!(await canEnter(deps, client))) return failed('it still has no grants');
  await deps.since.forget(client);
  return effective(`grants given back: ${grants.join(' ')}`, 1);
}

/** RFC 7009 answers 200 whatever the token is: whether it is over, introspection says. */
export async function revokeHeld(deps: Deps, tokens: readonly Held[]): Promise<Acted> {
  let ended = 0;
  const left: string[] = [];
  for (const token of tokens) {
    const { active, unsupported } = await deps.client.introspect(token.value);
    if (unsupported) left.push(fingerprint(token.value));
    if (!active) continue;
    const [secret] = heldOf(deps, token.client, 'secret');
    try {
      await deps.client.revoke(token, secret ? { id: token.client, secret: secret.value } : undefined);
    } catch (error) {
      if (!(error instanceof BraidError) || error.code !== 'connector.refused') throw error;
      return failed(error.publicMessage);
    }
    if ((await deps.client.introspect(token.value)).active) left.push(fingerprint(token.value));
    else ended++;
  }
  const words = `${ended} of ${ended + left.length} held ${ended + left.length === 1 ? 'token' : 'tokens'} revoked`;
  return left.length
    ? accepted(`${words}, the others are still active, or signed and not the provider’s to revoke`, ended + left.length)
    : effective(words, ended);
}

/** Refresh tokens, and everything of the subject where the provider takes Global Token Revocation: 204 means that it has begun. */
export async function endDerived(deps: Deps, client: string): Promise<Acted> {
  guard(deps, client);
  const refreshed = await revokeHeld(deps, heldOf(deps, client, 'refresh_token'));
  if (refreshed.state === 'failed' || deps.config.globalRevocation === 'none') return refreshed;
  const status = await deps.client.revokeGlobally(client);
  if (status === 204 || status === 200 || status === 202)
    return accepted(
      `${refreshed.detail}; the provider has begun to revoke everything of ${client}`,
      refreshed.affected + 1,
    );
  if (status === 404) return { ...refreshed, detail: `${refreshed.detail}; the provider knows no subject ${client}` };
  const why: Record<number, string> = {
    400: 'it can’t read the subject: another format of subjects may be meant',
    401: 'it does not accept Braid’s token or signature',
    403: 'Braid may not revoke globally',
    422: 'it can’t revoke this subject',
  };
  return failed(`Global Token Revocation was answered ${status}: ${why[status] ?? 'unexpected'}`);
}
