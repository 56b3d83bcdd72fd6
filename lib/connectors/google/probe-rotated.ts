import { setTimeout as sleep } from 'node:timers/promises';
import { rotatedSince } from '@/lib/connectors/blocked-since';
import type { Probed, Rotation } from '@/lib/connectors/contract';
import { targetOf } from '@/lib/connectors/google/found-normalise';
import { BETWEEN_READINGS_MS, tokensLeft } from '@/lib/connectors/google/probe';
import { type Deps, foundOf } from '@/lib/connectors/google/read';
import { KEY_ID, userKeys } from '@/lib/connectors/google/rotate';
import { residualsWith } from '@/lib/connectors/held-canary';
import { probing } from '@/lib/connectors/probing-model';
import { clock } from '@/lib/platform/clock';

type Given = Rotation & { secret: Record<string, string> };

/** The new key is the only one that is enabled, in two readings. Tokens made with another live to their end. */
export async function probeRotated(deps: Deps, externalId: string, { since, secret }: Given): Promise<Probed> {
  const { checks, note, said } = probing(() => clock.now().toISOString());
  const target = targetOf(externalId);
  if (target?.kind !== 'account' || !(await foundOf(deps, externalId)))
    return said('unknown', 'Google Cloud has no such service account');
  const fresh = secret[KEY_ID];
  for (const check of ['keys read', 'read again a second later']) {
    if (checks.length) await sleep(BETWEEN_READINGS_MS);
    const enabled = (await userKeys(deps, target.email)).filter((key) => key.enabled);
    // Without the new key at hand, one that was made since may be it.
    const others = enabled.filter((key) => (fresh ? key.id !== fresh : key.madeAt < since));
    const known = enabled.some((key) => key.id === fresh);
    note(check, `${known ? 'the new key, ' : ''}${others.length} ${known ? 'others' : 'of before'} enabled`);
    if (others.length) return said('alive', `key ${others.map((key) => key.id.slice(0, 8)).join(', ')} is enabled`);
    if (fresh && !known) return said('unknown', 'the new key is not among those Google lists as enabled');
  }
  if (!fresh) return said('unknown', 'the new key is not known here: nothing was tried');
  note('login with the new key', 'not tried: a token that Google makes can’t be given back');
  const held = await deps.canary.prove(externalId, note);
  if (held?.verdict === 'accepted') return said('alive', 'disabled, and the key of before is still let in');
  if (held?.verdict === 'unclear') return said('unknown', `the key of before can’t be tried: ${held.saw}`);
  const from = await rotatedSince(deps.notes, externalId, { since });
  const left = await tokensLeft(deps, target.email, { from, what: 'access tokens made with a key of before', note });
  return said(
    'gone',
    `the new key is the only one enabled, read twice${held ? '; the one of before is refused' : ''}`,
    residualsWith(left, held?.left),
  );
}
