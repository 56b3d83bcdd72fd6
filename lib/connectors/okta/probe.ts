import { setTimeout as sleep } from 'node:timers/promises';
import type { NativeSession, Probed, Residual } from '@/lib/connectors/contract';
import { residualsWith } from '@/lib/connectors/held-canary';
import { refusedBy } from '@/lib/connectors/okta/client';
import { targetOf, timeOf } from '@/lib/connectors/okta/found-normalise';
import { type Deps, foundOf, PATHS, rawOf, tokensOf } from '@/lib/connectors/okta/read';
import { clock } from '@/lib/platform/clock';
import { objectOf, textOf } from '@/lib/sessions/loose-model';

export const BETWEEN_READINGS_MS = 1_000;
const MINUTE = 60_000;

/** An access token made a moment before the end lives its whole life wherever nobody asks Okta. */
export function selfContained(deps: Deps, endedAt: string | undefined): Residual[] {
  const until = Date.parse(endedAt ?? clock.now().toISOString()) + deps.config.tokenMinutes * MINUTE;
  if (until <= clock.ms()) return [];
  return [
    {
      what: 'access tokens issued before the end',
      why: 'Checked offline by their receivers, and of client credentials not listed: they live to their end.',
      until: new Date(until).toISOString(),
      gap: 'G2',
    },
  ];
}

/** Okta says twice, a second apart, that it is inactive or gone, and that no refresh token is left. */
export async function probe(deps: Deps, externalId: string): Promise<Probed> {
  const checks: Probed['checks'] = [];
  const note = (check: string, saw: string) => checks.push({ check, saw, at: clock.now().toISOString() });
  const target = targetOf(externalId);
  if (!target) return { result: 'unknown', detail: 'Okta has no such identity', checks, residuals: [] };
  const app = target.kind === 'agent' ? textOf((await rawOf(deps, target))?.appId, 100) : target.id;
  const look = async (when: string): Promise<string | null> => {
    const found = await foundOf(deps, target);
    note(
      `status ${when}`,
      found ? (found.enabled ? 'active' : `${found.attributes.status ?? 'inactive'}`) : 'no such object',
    );
    if (found?.enabled) return 'it is active';
    if (target.kind === 'agent' && app) {
      const its = await foundOf(deps, { kind: 'app', id: app });
      note(`its app ${when}`, its?.enabled ? 'active' : 'inactive');
      if (its?.enabled) return 'the app it authenticates as is active';
    }
    if (!found || !app || target.kind === 'token' || target.kind === 'user') return null;
    const left = (await tokensOf(deps, app)).length;
    note(`refresh tokens ${when}`, `${left}`);
    return left ? `${left} refresh tokens are listed` : null;
  };
  const first = await look('read');
  if (first) return { result: 'alive', detail: first, checks, residuals: [] };
  await sleep(BETWEEN_READINGS_MS);
  const second = await look('read again');
  if (second) return { result: 'alive', detail: second, checks, residuals: [] };
  if (target.kind === 'token')
    return { result: 'gone', detail: 'no such API token, read twice', checks, residuals: [] };
  const held = await deps.canary.prove(externalId, note);
  if (held?.verdict === 'accepted')
    return { result: 'alive', detail: 'inactive, and its credential is still let in', checks, residuals: [] };
  if (held?.verdict === 'unclear')
    return {
      result: 'unknown',
      detail: `inactive, but its credential can’t be tried: ${held.saw}`,
      checks,
      residuals: [],
    };
  const raw = await rawOf(deps, target);
  const ended = timeOf(raw?.statusChanged) ?? timeOf(raw?.lastUpdated);
  return {
    result: 'gone',
    detail: `inactive, no refresh token left, read twice${held ? '; its credential is refused' : ''}`,
    checks,
    residuals: residualsWith(selfContained(deps, ended), held?.left),
  };
}

/** The refresh token is gone; what it last made lives on for a while, which its app’s other tokens would too. */
export async function probeSession(deps: Deps, session: NativeSession): Promise<Probed> {
  const { app, token } = session.native;
  const reply = await deps.client.send('GET', `${PATHS.app}/${app}/tokens/${token}`);
  if (reply.status !== 200 && reply.status !== 404) throw refusedBy('GET tokens', reply);
  const alive = reply.status === 200 && objectOf(reply.body).status !== 'REVOKED';
  const saw = alive ? 'active' : reply.status === 404 ? 'no such token' : 'revoked';
  const checks = [{ check: 'refresh token looked up', saw, at: clock.now().toISOString() }];
  const residuals = alive ? [] : selfContained(deps, undefined);
  return { result: alive ? 'alive' : 'gone', detail: saw, checks, residuals };
}
