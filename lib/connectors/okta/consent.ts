import { setTimeout as sleep } from 'node:timers/promises';
import type { Acted, GivenConsent, Probed } from '@/lib/connectors/contract';
import { GAPS } from '@/lib/connectors/gap-model';
import { refusedBy } from '@/lib/connectors/okta/client';
import { BETWEEN_READINGS_MS, selfContained } from '@/lib/connectors/okta/probe';
import { type Deps, PATHS } from '@/lib/connectors/okta/read';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { objectOf, textOf } from '@/lib/sessions/loose-model';

interface Grant {
  id: string;
  scope: string;
  by: string | null;
  path: string;
}

const READ_ORG = 'okta.appGrants.read';

/** Id of the account the log names by its login. null: Okta has none. */
async function accountOf({ client }: Deps, grantor: string): Promise<string | null> {
  const reply = await client.send('GET', `${PATHS.user}/${encodeURIComponent(grantor)}`);
  if (reply.status === 404) return null;
  if (reply.status !== 200) throw refusedBy(`GET ${PATHS.user}`, reply);
  return textOf(objectOf(reply.body).id, 100);
}

const grantsOf = (raw: unknown[], path: string): Grant[] =>
  raw.map(objectOf).flatMap((one) => {
    const id = textOf(one.id, 100);
    const by = textOf(objectOf(one.createdBy).id, 100);
    return id ? [{ id, scope: textOf(one.scopeId, 300) ?? '', by, path: `${path}/${id}` }] : [];
  });

/** Grants of the account itself, and those an administrator gave for everybody that name these scopes. */
async function standing({ client }: Deps, account: string, { app, scopes }: GivenConsent): Promise<Grant[]> {
  const own = await client
    .all(`${PATHS.user}/${account}/clients/${encodeURIComponent(app)}/grants`, { query: { limit: 200 } })
    .then((raw) => grantsOf(raw, `${PATHS.user}/${account}/grants`));
  if (!client.granted.has(READ_ORG)) return own;
  const place = `${PATHS.app}/${encodeURIComponent(app)}/grants`;
  const reply = await client.send('GET', place);
  if (reply.status === 404) return own;
  if (reply.status !== 200 || !Array.isArray(reply.body)) throw refusedBy('GET app grants', reply);
  const whole = grantsOf(reply.body, place).filter((one) => one.by === account && scopes.includes(one.scope));
  return [...own, ...whole];
}

function guard({ config }: Deps, { app }: GivenConsent): void {
  if (app === config.clientId)
    throw new BraidError('connector.protected', 'This is the app Braid connects as: it is never ended by Braid.');
}

/** Where Okta keeps refresh tokens of an app by which it acts for one account. */
const tokensAt = (account: string, app: string): string =>
  `${PATHS.user}/${account}/clients/${encodeURIComponent(app)}/tokens`;

/** Takes back what an app was allowed by one account, grant by grant; effective where Okta no longer lists one. Its refresh tokens end with it. */
export async function revokeConsent(deps: Deps, consent: GivenConsent): Promise<Acted> {
  guard(deps, consent);
  const account = await accountOf(deps, consent.grantor);
  if (!account) return { state: 'effective', detail: `${consent.grantor} no longer exists`, affected: 0 };
  const before = await standing(deps, account, consent);
  const orgUnseen = !deps.client.granted.has(READ_ORG);
  if (before.length === 0) {
    return orgUnseen
      ? {
          state: 'failed',
          detail: `${consent.grantor} has no grant to it; without ${READ_ORG} it can’t be seen whether it was given for everybody`,
          affected: 0,
        }
      : { state: 'effective', detail: 'Okta has no such grant any more', affected: 0 };
  }
  for (const grant of before) {
    const reply = await deps.client.send('DELETE', grant.path);
    if (reply.status !== 204 && reply.status !== 404)
      return { state: 'failed', detail: refusedBy('DELETE grants', reply).publicMessage.slice(0, 500), affected: 0 };
  }
  const ended = await deps.client.send('DELETE', tokensAt(account, consent.app));
  if (ended.status !== 204 && ended.status !== 404)
    return { state: 'failed', detail: refusedBy('DELETE tokens', ended).publicMessage.slice(0, 500), affected: 0 };
  const left = await standing(deps, account, consent);
  const detail = `${before.length - left.length} of ${before.length} ${before.length === 1 ? 'grant' : 'grants'} removed`;
  return { state: left.length ? 'accepted' : 'effective', detail, affected: before.length - left.length };
}

/** Okta lists no such grant, twice a second apart; refresh tokens that are left, and access tokens, are what lives on. */
export async function probeConsent(deps: Deps, consent: GivenConsent, since: Date): Promise<Probed> {
  guard(deps, consent);
  const checks: Probed['checks'] = [];
  const note = (check: string, saw: string) => checks.push({ check, saw, at: clock.now().toISOString() });
  const account = await accountOf(deps, consent.grantor);
  if (!account) {
    note('account looked up', 'none');
    return { result: 'gone', detail: `${consent.grantor} no longer exists`, checks, residuals: [] };
  }
  const look = async () => {
    const left = await standing(deps, account, consent);
    note(
      'grants listed',
      left.length
        ? left
            .map((one) => one.scope)
            .join(' ')
            .slice(0, 400)
        : 'none',
    );
    return left.length;
  };
  let left = await look();
  if (left === 0) {
    await sleep(BETWEEN_READINGS_MS);
    left = await look();
  }
  if (left > 0) return { result: 'alive', detail: `${left} of its grants still listed`, checks, residuals: [] };
  if (!deps.client.granted.has(READ_ORG)) {
    const detail = `none of ${consent.grantor}; without ${READ_ORG} it can’t be seen what was given for everybody`;
    return { result: 'unknown', detail, checks, residuals: [] };
  }
  const tokens = (await deps.client.all(tokensAt(account, consent.app), { query: { limit: 200 } })).length;
  note('refresh tokens listed', `${tokens}`);
  const refresh: Probed['residuals'] = tokens
    ? [{ what: `${tokens} refresh tokens of it`, why: GAPS.G1.why, until: null, gap: 'G1' }]
    : [];
  const residuals = [...refresh, ...selfContained(deps, since.toISOString())];
  return { result: 'gone', detail: 'Okta lists no such grant', checks, residuals };
}
