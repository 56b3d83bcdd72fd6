import { setTimeout as sleep } from 'node:timers/promises';
import type { Probed, Rotation } from '@/lib/connectors/contract';
import { findClient, sessionsOf } from '@/lib/connectors/keycloak/catalog';
import {
  BETWEEN_READINGS_MS,
  type Checks,
  note,
  outlive,
  type ProbeDeps,
  sessionsText,
} from '@/lib/connectors/keycloak/probe';
import { bySecret, SECRET, secretsAt } from '@/lib/connectors/keycloak/rotate';

type Given = Rotation & { secret: Record<string, string> };

/** Is the secret given the only one Keycloak takes, and was every session it lists opened after all before were ended? */
async function look({ client }: ProbeDeps, clientId: string, given: Given, check: string, checks: Checks) {
  const row = await findClient(client, clientId);
  if (!row) return { row, alive: undefined };
  const { now, rotated } = await secretsAt(client, row);
  const ended = (row.notBefore ?? 0) * 1_000;
  const before = (await sessionsOf(client, row)).filter((one) => Date.parse(one.startedAt) < ended);
  const own = given.secret[SECRET];
  const saw = [
    own ? (now === own ? 'the new secret' : 'another secret than the new one') : 'a secret',
    ...(rotated ? ['the one of before in its grace'] : []),
    `${sessionsText(before.length)} of before`,
  ];
  note(checks, check, saw.join(', '));
  const alive = [
    own && now !== own ? 'Keycloak has another secret than the new one' : null,
    rotated ? 'the secret of before still works in its grace' : null,
    ended < Date.parse(given.since) ? 'tokens of before are not refused: there is no not-before since' : null,
    before.length ? `${sessionsText(before.length)} of before` : null,
  ].find((one) => one !== null);
  return { row, alive };
}

/**
 * Gone = Keycloak shows the new secret and no other, no session of before, read twice; the new secret is let in, and one held
 * of the canary from before is refused. A session that began after the not-before was opened by the new secret.
 */
export async function probeRotated(deps: ProbeDeps, clientId: string, given: Given): Promise<Probed> {
  const { client } = deps;
  const checks: Checks = [];
  const alive = (detail: string): Probed => ({ result: 'alive', detail, checks, residuals: [] });
  const unknown = (detail: string): Probed => ({ result: 'unknown', detail, checks, residuals: [] });
  const first = await look(deps, clientId, given, 'secrets and sessions read', checks);
  if (first.alive) return alive(first.alive);
  await sleep(BETWEEN_READINGS_MS);
  const { row, alive: still } = await look(deps, clientId, given, 'read again a second later', checks);
  if (still) return alive(still);
  if (!row) return unknown('the client no longer exists');
  if (!bySecret(row)) return unknown('the client logs in by something else than a secret');
  const fresh = given.secret[SECRET];
  if (!fresh) return unknown('the new secret is not known here: nothing was tried');
  if (row.enabled === false) note(checks, 'login with the new secret', 'not tried: the client is disabled');
  else {
    const got = await client.login(clientId, fresh);
    if (got) await client.drop(clientId, fresh, got.refresh_token ?? got.access_token);
    note(checks, 'login with the new secret', got ? 'let in' : 'refused');
    if (!got) return unknown('the new secret is refused');
    const old = deps.secretOf(clientId);
    if (old && old !== fresh) {
      const entered = await client.login(clientId, old);
      if (entered) await client.drop(clientId, old, entered.refresh_token ?? entered.access_token);
      note(checks, 'login with the secret of before', entered ? 'let in' : 'refused');
      if (entered) return alive('the secret of before is still let in');
    }
  }
  const left = await outlive(deps, row, checks);
  if (left.alive) return alive(left.alive);
  return {
    result: 'gone',
    detail: 'only the new secret works, listed twice: no session of before',
    checks,
    residuals: left.residuals,
  };
}
