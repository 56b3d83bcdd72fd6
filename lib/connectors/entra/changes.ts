import type { FoundIdentity, IdentityChanges } from '@/lib/connectors/contract';
import { codeOf, refusedBy } from '@/lib/connectors/entra/client';
import { principalFound, targetOf } from '@/lib/connectors/entra/found-normalise';
import { type Deps, foundOf, registrationOf, SELECT } from '@/lib/connectors/entra/read';
import { BraidError } from '@/lib/platform/errors';
import { listOf, objectOf, textOf } from '@/lib/sessions/loose-model';

interface Cursor {
  link: string;
  /** Still within the first listing. */
  first: boolean;
}

function parse(cursor: string | null): Cursor {
  const start: Cursor = { link: `/v1.0/servicePrincipals/delta()?$select=${SELECT}`, first: true };
  if (cursor === null) return start;
  try {
    const raw = objectOf(JSON.parse(cursor));
    const link = textOf(raw.link, 20_000);
    if (!link) throw new Error('no link');
    return { link, first: raw.first === true };
  } catch (cause) {
    throw new BraidError('input.invalid', 'This is not a cursor of the directory’s changes.', { cause });
  }
}

/** Graph’s own delta query: every service principal once, then what changed, deletions as tombstones. */
export async function changes(deps: Deps, cursor: string | null): Promise<IdentityChanges> {
  const { link, first } = parse(cursor);
  const reply = await deps.client.send('GET', link);
  // The link is too old, or the directory has lost its place: everything is listed anew.
  if (cursor !== null && (reply.status === 410 || /syncState|resync/i.test(codeOf(reply))))
    return { ...(await changes(deps, null)), anew: true };
  if (reply.status !== 200) throw refusedBy('GET servicePrincipals/delta', reply);
  const body = objectOf(reply.body);
  const items: FoundIdentity[] = [];
  const removed: string[] = [];
  for (const raw of listOf(body.value, 5_000).map(objectOf)) {
    const id = textOf(raw.id, 36)?.toLowerCase();
    if (!id || !targetOf(id)) continue;
    if (raw['@removed']) removed.push(id);
    else {
      // A change may carry nothing but what changed: then the whole of it is read.
      const whole = 'servicePrincipalType' in raw && 'accountEnabled' in raw;
      const found = whole
        ? principalFound(raw, deps.config.clientId, await registrationOf(deps, raw))
        : await foundOf(deps, id);
      if (found) items.push(found);
    }
  }
  const next = textOf(body['@odata.nextLink'], 20_000);
  const delta = textOf(body['@odata.deltaLink'], 20_000);
  const place: Cursor = next ? { link: next, first } : { link: delta ?? link, first: false };
  return { items, removed, cursor: JSON.stringify(place), more: next !== null, complete: first };
}
