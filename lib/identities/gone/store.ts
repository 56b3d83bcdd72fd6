import type { Tx } from '@/lib/db/transaction';

/** `systems` of an identity's attributes says per namespace how it stands there. */
export async function markGoneAt(
  tx: Tx,
  gone: { issuer: string; at: Date } & ({ externalIds: string[] } | { besides: string[] }),
): Promise<string[]> {
  const { issuer, at } = gone;
  const except = 'besides' in gone;
  const names = except ? gone.besides : gone.externalIds;
  const rows = await tx.$queryRaw<{ id: string }[]>`
    with meant as materialized (
      select i.id, a.external_id from identity_aliases a join identities i on i.id = a.identity_id
       where a.issuer = ${issuer} and (a.external_id = any(${names}::text[])) <> ${except}
         and i.attributes->'systems'->${issuer}->>'gone' is null and i.attributes->'systems'->${issuer}->>'seenOnly' is null
         and not exists (select from identity_aliases o where o.identity_id = i.id and o.issuer = a.issuer
           and (o.external_id = any(${names}::text[])) = ${except})
       order by i.id for update of i
    ), ended as (
      update credentials c set state = 'revoked' from meant m
       where c.identity_id = m.id and c.state <> 'revoked' and ${issuer} = 'connector:' || c.connector_id::text
    )
    update identities i set attributes = jsonb_set(i.attributes, '{systems}', coalesce(i.attributes->'systems', '{}'::jsonb)
        || jsonb_build_object(${issuer}::text, coalesce(i.attributes->'systems'->${issuer}, '{"protected": false}'::jsonb)
          || jsonb_build_object('enabled', false, 'gone', ${at.toISOString()}::text)))
      from meant m where i.id = m.id
    returning i.id::text`;
  return [...new Set(rows.map((row) => row.id))];
}
