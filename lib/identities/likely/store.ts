import { prisma } from '@/lib/db/client';
import type { Likely } from '@/lib/identities/likely-model';

const MOST = 50;

/**
 * Identities that share something with this one at another source: a credential, an id, or a name. A name that was taken from it
 * by hand does not count again.
 */
export const readLikely = (id: string): Promise<Likely[]> => prisma().$queryRaw<Likely[]>`
  with mine as (
    select issuer, type, external_id from identity_aliases where identity_id = ${id}::uuid
  ), same as (
    select o.identity_id, 0.95 as confidence, 'Both use the credential ' || left(c.external_id, 200) as reason
    from credentials c join credentials o on o.external_id = c.external_id and o.identity_id <> c.identity_id
    where c.identity_id = ${id}::uuid and length(c.external_id) >= 12 and c.external_id not like 'login:%'
    union all
    select o.identity_id, 0.9, 'Both are called ' || left(m.external_id, 200) || ' where they were seen'
    from mine m join identity_aliases o on o.external_id = m.external_id and o.issuer <> m.issuer and o.identity_id <> ${id}::uuid
    where length(m.external_id) >= 12
    union all
    select o.id, 0.5, 'Both go by the name ' || i.name
    from identities i join identities o on o.name = i.name and o.id <> i.id and o.kind = i.kind and not (o.sources && i.sources)
    where i.id = ${id}::uuid and i.kind <> 'human' and length(i.name) >= 6
  )
  select distinct on (i.id) i.id::text, i.name, i.kind, i.sources, s.reason, s.confidence::float8 as confidence
  from same s join identities i on i.id = s.identity_id
  where i.attributes ->> 'continuedAs' is null
    and not exists (select from unlinked_names u join identity_aliases a on a.issuer = u.issuer and a.external_id = u.external_id
                    where u.identity_id = ${id}::uuid and a.identity_id = i.id)
  order by i.id, s.confidence desc limit ${MOST}`;
