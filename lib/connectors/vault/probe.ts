import { setTimeout as sleep } from 'node:timers/promises';
import type { CanarySession, NativeSession, Probed, Residual } from '@/lib/connectors/contract';
import type { AppRole } from '@/lib/connectors/vault/catalog-normalise';
import type { Config, Secrets } from '@/lib/connectors/vault/manifest';
import { type Deps, find, isOf, leasePathsOf, orphansOf, tokensOf, type Who } from '@/lib/connectors/vault/who';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { textOf } from '@/lib/sessions/loose-model';

/** Two readings this far apart: a login that was under way shows up in the second. */
export const BETWEEN_READINGS_MS = 1_000;

export const at = () => clock.now().toISOString();

interface Reading {
  standing: string;
  open: boolean;
  tokens: number;
}

async function read(deps: Deps, externalId: string): Promise<Reading> {
  const who = await find(deps, externalId);
  if (!who) return { standing: 'no such entity', open: false, tokens: 0 };
  const tokens = (await tokensOf(deps, who)).length;
  if (who.display !== null) return { standing: 'without an entity', open: false, tokens };
  const open = !(who.entity?.disabled ?? false);
  return {
    standing: who.entity ? (open ? 'entity enabled' : 'entity disabled') : 'no entity yet, its AppRole lets in',
    open,
    tokens,
  };
}

const words = ({ standing, tokens }: Reading) => `${standing}, ${tokens} ${tokens === 1 ? 'token' : 'tokens'}`;

/** Leases of paths only it can read, or others too, where nobody can tell whose they are; and tokens without an entity. */
export async function leftOver(deps: Deps, who: Who, checks: Probed['checks']): Promise<Residual[]> {
  const residuals: Residual[] = [];
  for (const { path, own } of await leasePathsOf(deps, who)) {
    const leases = await deps.catalog.leases(path);
    checks.push({ check: `leases of ${path}`.slice(0, 200), saw: `${leases.length}`, at: at() });
    if (!leases.length) continue;
    const ends = leases.map((lease) => lease.expiresAt);
    residuals.push({
      what: `${leases.length} ${leases.length === 1 ? 'lease' : 'leases'} of ${path}`.slice(0, 300),
      why: own
        ? 'Revoked, but the system the credential is for has not confirmed it.'
        : 'Others read this path too: whose a lease is can’t be told, so none was ended.',
      until: ends.includes(null) ? null : ends.sort().at(-1)!,
      gap: own ? 'G4' : 'G8',
    });
  }
  const orphans = await orphansOf(deps, who);
  if (orphans.length) {
    const ends = orphans.map((token) => token.expiresAt);
    checks.push({ check: 'orphan tokens without an entity', saw: `${orphans.length}`, at: at() });
    residuals.push({
      what: `${orphans.length} orphan ${orphans.length === 1 ? 'token' : 'tokens'} it may have made`,
      why: 'An orphan carries no entity and outlives its maker. Vault does not say who made it: end those that are its own.',
      until: ends.includes(null) ? null : ends.sort().at(-1)!,
      gap: 'G8',
    });
  }
  return residuals;
}

/** May its logins, or those by this role, make batch tokens? */
export async function makesBatch(deps: Deps, who: Who, role?: AppRole): Promise<boolean> {
  const [roles, mounts] = await Promise.all([deps.catalog.appRoles(), deps.catalog.mounts()]);
  const own = roles.filter((one) => who.entity && isOf(who.entity, one));
  const used = new Set(who.entity?.aliases.map((alias) => alias.mount));
  if (role) used.add(role.mount);
  return (
    [...own, ...(role ? [role] : [])].some((one) => one.batch) || mounts.some((one) => one.batch && used.has(one.path))
  );
}

/** Batch tokens of an entity are refused while it is disabled. Those of nobody in particular can neither be listed nor tried. */
async function batchNote(deps: Deps, who: Who): Promise<string> {
  const may = await makesBatch(deps, who);
  return may
    ? 'may have been made; refused while the entity is disabled'
    : 'none are made by its logins; refused while the entity is disabled';
}

export async function probeIdentity(deps: Deps, externalId: string): Promise<Probed> {
  const checks: Probed['checks'] = [];
  const look = async (check: string) => {
    const reading = await read(deps, externalId);
    checks.push({ check, saw: words(reading), at: at() });
    return reading;
  };
  for (const check of ['entity and tokens read', 'read again a second later']) {
    if (checks.length) await sleep(BETWEEN_READINGS_MS);
    const seen = await look(check);
    if (seen.open || seen.tokens) return { result: 'alive', detail: words(seen), checks, residuals: [] };
  }
  const who = await find(deps, externalId);
  if (who && who.display !== null) {
    checks.push({ check: 'batch tokens', saw: 'can’t be listed', at: at() });
    const detail = '0 tokens listed twice; batch tokens called so can’t be listed or tried (G9)';
    return { result: 'unknown', detail, checks, residuals: [] };
  }
  const residuals = who ? await leftOver(deps, who, checks) : [];
  if (who) checks.push({ check: 'batch tokens', saw: await batchNote(deps, who), at: at() });
  return { result: 'gone', detail: `${checks[1]!.saw}, read twice`, checks, residuals };
}

export async function probeSession(deps: Deps, session: NativeSession): Promise<Probed> {
  const accessor = String(session.native.accessor ?? '');
  const token = await deps.catalog.token(accessor);
  const saw = token ? 'still there' : 'no token by this accessor';
  const checks = [{ check: 'accessor looked up', saw, at: at() }];
  if (token) return { result: 'alive', detail: 'the token is still there', checks, residuals: [] };
  const who = await find(deps, session.externalIdentityId);
  const open = who?.entity && !who.entity.disabled;
  return {
    result: 'gone',
    detail: open ? 'gone; its owner may log in anew: pause or revoke it to keep it out' : 'gone',
    checks,
    residuals: [],
  };
}

/** Signs in with the AppRole held of the canary. Throws where none is held. */
export async function enterAsCanary(
  { client }: Deps,
  { canary, mount }: Config,
  secrets: Secrets,
  externalId: string,
): Promise<CanarySession | null> {
  if (canary && canary !== externalId)
    throw new BraidError('connector.unsupported', `No AppRole of ${externalId} is held: only the canary’s is.`);
  if (!secrets.canaryRoleId)
    throw new BraidError('connector.unsupported', 'No AppRole of the canary is stored: add it to the connector.');
  const path = `auth/${mount}/login`;
  const answer = await client.as(null, 'POST', path, {
    role_id: secrets.canaryRoleId,
    secret_id: secrets.canarySecretId,
  });
  const token = textOf(answer.auth.client_token, 4096);
  if (!token && answer.status >= 429) throw new BraidError('connector.unreachable', `Vault answered ${answer.status}.`);
  if (!token) return null;
  return {
    alive: async () => (await client.as(token, 'GET', 'auth/token/lookup-self')).status === 200,
    close: async () => void (await client.as(token, 'POST', 'auth/token/revoke-self', {})),
  };
}
