import { setTimeout as sleep } from 'node:timers/promises';
import { rotatedSince } from '@/lib/connectors/blocked-since';
import type { Probed, Residual, Rotation } from '@/lib/connectors/contract';
import { type AppRole, approleId } from '@/lib/connectors/vault/catalog-normalise';
import { at, BETWEEN_READINGS_MS, leftOver, makesBatch } from '@/lib/connectors/vault/probe';
import { accessorsOf, roleOf, SECRET_ID, secretsPath } from '@/lib/connectors/vault/rotate';
import { type Deps, find, tokensOf, type Who } from '@/lib/connectors/vault/who';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { textOf } from '@/lib/sessions/loose-model';

/** Vault's own longest life of a token where neither role nor mount says one: 32 days, seconds. */
const LONGEST_SECS = 768 * 3_600;

type Checks = Probed['checks'];

/** Secret ids and tokens there are. */
async function read(deps: Deps, who: Who, role: AppRole, accessor: string | null, check: string, checks: Checks) {
  const [accessors, tokens] = [await accessorsOf(deps, role), (await tokensOf(deps, who)).length];
  const others = accessors.filter((one) => one !== accessor).length;
  const known = accessor !== null && accessors.includes(accessor);
  const words = [
    ...(known ? ['the new secret id'] : []),
    `${others} ${known ? 'other' : 'of unknown making'}`,
    `${tokens} ${tokens === 1 ? 'token' : 'tokens'}`,
  ].join(', ');
  checks.push({ check, saw: words, at: at() });
  const alive =
    accessor !== null && others ? `${others} other secret ids` : tokens ? `${tokens} tokens of before` : null;
  return { alive, known };
}

/**
 * Tried only where that leaves nothing behind: a use would be used up, Braid's own address may not be let in, and a batch token
 * can't be ended. null: refused.
 */
async function enters(
  { client }: Deps,
  role: AppRole,
  { secretId, batch }: { secretId: string; batch: boolean },
): Promise<string | null> {
  if (role.bound) return 'not tried: its uses or addresses are limited';
  if (batch) return 'not tried: a batch token could not be ended';
  const answer = await client.as(null, 'POST', `auth/${role.mount}/login`, {
    role_id: role.roleId,
    secret_id: secretId,
  });
  const token = textOf(answer.auth.client_token, 4096);
  if (!token && answer.status >= 429) throw new BraidError('connector.unreachable', `Vault answered ${answer.status}.`);
  if (!token) return null;
  await client.as(token, 'POST', 'auth/token/revoke-self', {});
  return 'let in, and its token ended';
}

/** Batch tokens made with a secret of before can neither be listed nor ended while the entity is not disabled. */
async function batchLeft(deps: Deps, externalId: string, role: AppRole, since: string): Promise<Residual[]> {
  const mount = (await deps.catalog.mounts()).find((one) => one.path === role.mount);
  const secs = role.maxTtl || role.ttl || mount?.maxTtl || LONGEST_SECS;
  const until = (await rotatedSince(deps.notes, externalId, { since })) + secs * 1_000;
  return until <= clock.ms()
    ? []
    : [
        {
          what: 'batch tokens made with a secret id of before',
          why: 'They can’t be listed or ended one by one: they are refused only while the entity is disabled.',
          until: new Date(until).toISOString(),
          gap: 'G9',
        },
      ];
}

/** Gone = the new secret id is the only one listed and no token is, read twice; it logs in where that leaves nothing behind. */
export async function probeRotated(
  deps: Deps,
  externalId: string,
  { since, secret }: Rotation & { secret: Record<string, string> },
): Promise<Probed> {
  const checks: Checks = [];
  const said = (result: Probed['result'], detail: string): Probed => ({ result, detail, checks, residuals: [] });
  const who = await find(deps, externalId);
  if (!who) return said('unknown', 'no such entity any more');
  const role = await roleOf(deps, who);
  const fresh = secret[SECRET_ID];
  const found = fresh
    ? await deps.client.call('POST', `${secretsPath(role)}/lookup`, { secret_id: fresh })
    : { data: { secret_id_accessor: undefined } };
  const accessor = textOf(found.data.secret_id_accessor, 200) ?? null;
  for (const check of ['secret ids and tokens read', 'read again a second later']) {
    if (checks.length) await sleep(BETWEEN_READINGS_MS);
    const seen = await read(deps, who, role, accessor, check, checks);
    if (seen.alive) return said('alive', seen.alive);
    if (fresh && !seen.known) return said('unknown', 'the new secret id is not among those Vault lists');
  }
  if (!fresh) return said('unknown', 'the new secret id is not known here: nothing was tried');
  const batch = await makesBatch(deps, who, role);
  const login = who.entity?.disabled
    ? 'not tried: the entity is disabled'
    : await enters(deps, role, { secretId: fresh, batch });
  checks.push({ check: `login by ${approleId(role)}`.slice(0, 200), saw: login ?? 'refused', at: at() });
  if (login === null) return said('unknown', 'the new secret id is refused');
  const residuals = [
    ...(await leftOver(deps, who, checks)),
    ...(batch ? await batchLeft(deps, externalId, role, since) : []),
  ];
  return { result: 'gone', detail: 'one secret id, the new one, and no token, read twice', checks, residuals };
}
