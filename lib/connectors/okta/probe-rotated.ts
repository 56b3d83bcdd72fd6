import { setTimeout as sleep } from 'node:timers/promises';
import { rotatedSince } from '@/lib/connectors/blocked-since';
import type { Probed, Rotation } from '@/lib/connectors/contract';
import { residualsWith } from '@/lib/connectors/held-canary';
import { targetOf } from '@/lib/connectors/okta/found-normalise';
import { BETWEEN_READINGS_MS, selfContained } from '@/lib/connectors/okta/probe';
import { type Deps, tokensOf } from '@/lib/connectors/okta/read';
import { bySecret, SECRET_ID, standingOf } from '@/lib/connectors/okta/rotate';
import { probing } from '@/lib/connectors/probing-model';
import { clock } from '@/lib/platform/clock';

type Given = Rotation & { secret: Record<string, string> };

/** The new secret is the only one, and no refresh token is listed, in two readings. Access tokens live to their end. */
export async function probeRotated(deps: Deps, externalId: string, { since, secret }: Given): Promise<Probed> {
  const { checks, note, said } = probing(() => clock.now().toISOString());
  const target = targetOf(externalId);
  if (target?.kind !== 'app') return said('unknown', 'Okta has no such app');
  const fresh = secret[SECRET_ID];
  for (const check of ['client secrets and refresh tokens read', 'read again a second later']) {
    if (checks.length) await sleep(BETWEEN_READINGS_MS);
    const standing = await standingOf(deps, target.id);
    if (!standing) return said('unknown', 'Okta has no such app');
    const tokens = (await tokensOf(deps, target.id)).length;
    // Without the new one at hand, one that was made since may be it.
    const others = standing.secrets.filter((one) => (fresh ? one.id !== fresh : one.created < since));
    const known = standing.secrets.some((one) => one.id === fresh && one.active);
    note(
      check,
      `${known ? 'the new secret, ' : ''}${others.length} ${known ? 'others' : 'of before'}, ${tokens} refresh tokens`,
    );
    if (others.length) return said('alive', `${others.length} client secrets of before are listed`);
    if (tokens) return said('alive', `${tokens} refresh tokens are listed`);
    if (!bySecret(standing.method)) return said('unknown', `the app now comes in by ${standing.method || 'nothing'}`);
    if (fresh && !known) return said('unknown', 'the new secret is not among those Okta lists as active');
  }
  if (!fresh) return said('unknown', 'the new secret is not known here: nothing was tried');
  note('login with the new secret', 'not tried: Okta does not tell which server and scope the app asks for');
  const held = await deps.canary.prove(externalId, note);
  if (held?.verdict === 'accepted') return said('alive', 'not listed, and the credential of before is still let in');
  if (held?.verdict === 'unclear') return said('unknown', `the credential of before can’t be tried: ${held.saw}`);
  const ended = new Date(await rotatedSince(deps.notes, externalId, { since })).toISOString();
  return said(
    'gone',
    `the new secret is the only one, no refresh token left, read twice${held ? '; the one of before is refused' : ''}`,
    residualsWith(selfContained(deps, ended), held?.left),
  );
}
