import { issuer } from '@/lib/signals/addresses';
import type { Named } from '@/lib/signals/store';
import type { Simple, Subject } from '@/lib/signals/subject-model';

/** An identity as others may know it: by the name that an issuer with an address of its own gave it, else by Braid's. */
export function nameOf({ externalId, aliases }: Named): Simple {
  const web = aliases.find((alias) => /^https?:\/\//.test(alias.issuer));
  return web
    ? { format: 'iss_sub', iss: web.issuer, sub: web.externalId }
    : { format: 'iss_sub', iss: issuer(), sub: externalId };
}

/** One session of it, under the key its own system knows it by. */
export const sessionOf = (identity: Named, session: { groupKey: string; source: string }): Subject => ({
  format: 'complex',
  user: nameOf(identity),
  session: { format: 'opaque', id: session.groupKey },
  application: { format: 'opaque', id: session.source },
  tenant: { format: 'opaque', id: issuer() },
});
