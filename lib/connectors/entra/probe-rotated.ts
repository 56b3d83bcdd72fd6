import { setTimeout as sleep } from 'node:timers/promises';
import { rotatedSince } from '@/lib/connectors/blocked-since';
import type { Probed, Residual, Rotation } from '@/lib/connectors/contract';
import { BETWEEN_READINGS_MS, tokens } from '@/lib/connectors/entra/probe';
import { type Deps, foundOf } from '@/lib/connectors/entra/read';
import { credentialsAt, type Holders, holdersOf, SECRET_ID } from '@/lib/connectors/entra/rotate';
import { residualsWith } from '@/lib/connectors/held-canary';
import { probing } from '@/lib/connectors/probing-model';
import { clock } from '@/lib/platform/clock';
import { objectOf, textOf } from '@/lib/sessions/loose-model';

type Given = Rotation & { secret: Record<string, string> };

/** Workloads elsewhere that come in without a secret: a rotation does not touch them. */
async function federated({ client }: Deps, { registration }: Holders): Promise<Residual[]> {
  if (!registration.id) return [];
  const all = await client.all(`/v1.0/applications/${registration.id}/federatedIdentityCredentials`);
  return all.map(objectOf).map((one) => ({
    what: `federated credential ${textOf(one.name, 100) ?? ''} (${textOf(one.subject, 150) ?? ''})`,
    why: `A workload of ${textOf(one.issuer, 150) ?? 'another issuer'} comes in by it, without a secret. It was not removed.`,
    until: null,
  }));
}

/** The new secret is the only one listed, of registration and service principal, in two readings. Tokens live to their end. */
export async function probeRotated(deps: Deps, externalId: string, { since, secret }: Given): Promise<Probed> {
  const { checks, note, said } = probing(() => clock.now().toISOString());
  const fresh = secret[SECRET_ID];
  let holders: Holders | null = null;
  for (const check of ['secrets and keys read', 'read again a second later']) {
    if (checks.length) await sleep(BETWEEN_READINGS_MS);
    holders = await holdersOf(deps, externalId);
    if (!holders) return said('unknown', 'Entra has no such service principal');
    const all = credentialsAt(holders);
    // Without the new one at hand, one that was made since may be it.
    const others = all.filter((one) => (fresh ? one.id !== fresh : (one.startsAt ?? '') < since));
    const known = all.some((one) => one.id === fresh);
    note(check, `${known ? 'the new secret, ' : ''}${others.length} ${known ? 'others' : 'of before'}`);
    if (others.length) return said('alive', `${others.length} secrets or keys of before are listed`);
    if (fresh && !known) return said('unknown', 'the new secret is not among those Entra lists');
  }
  if (!fresh) return said('unknown', 'the new secret is not known here: nothing was tried');
  note('login with the new secret', 'not tried: what Entra gives for it can’t be given back');
  const held = await deps.canary.prove(externalId, note);
  if (held?.verdict === 'accepted') return said('alive', 'not listed, and the credential of before is still let in');
  if (held?.verdict === 'unclear') return said('unknown', `the credential of before can’t be tried: ${held.saw}`);
  const workloads = await federated(deps, holders!);
  note('federated credentials', `${workloads.length}`);
  const from = await rotatedSince(deps.notes, externalId, { since });
  const issued = tokens(await foundOf(deps, externalId), from, 'access tokens issued for a secret of before');
  return said('gone', `the new secret is the only one, read twice${held ? '; the one of before is refused' : ''}`, [
    ...residualsWith(issued, held?.left),
    ...workloads,
  ]);
}
