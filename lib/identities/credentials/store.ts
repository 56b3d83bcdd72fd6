import type { Tx } from '@/lib/db/transaction';
import type { Found } from '@/lib/identities/resolve-state';
import { derivedId } from '@/lib/platform/ids';

/** A system that names so many of one identity may have left out others. */
const LISTED_MOST = 100;

const rowsOf = (found: Found[], at: Date) =>
  found.flatMap(({ id, discovered: d }) =>
    (d.credentials ?? []).map((credential) => ({
      id: derivedId('credential', d.source ?? d.issuer, credential.externalId, id),
      identity_id: id,
      kind: credential.kind,
      external_id: credential.externalId.slice(0, 512),
      source: d.source ?? d.issuer,
      connector_id: d.connectorId ?? null,
      expires_at: credential.expiresAt ?? null,
      state: stateOf(d.enabled !== false && credential.enabled !== false, credential.expiresAt, at),
    })),
  );

const stateOf = (enabled: boolean, expiresAt: string | undefined, at: Date): string =>
  expiresAt !== undefined && Date.parse(expiresAt) <= at.getTime() ? 'expired' : enabled ? 'active' : 'blocked';

/** As they are listed. One that is over stays over until it is listed as one that opens something. */
export async function upsertCredentials(tx: Tx, found: Found[], at: Date): Promise<void> {
  const rows = rowsOf(found, at);
  if (rows.length === 0) return;
  await tx.$executeRaw`
    insert into credentials (id, identity_id, kind, external_id, source, connector_id, expires_at, state)
    select distinct on (source, external_id, identity_id) id, identity_id, kind, external_id, source, connector_id, expires_at, state
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as q(id uuid, identity_id uuid, kind text, external_id text, source text,
        connector_id uuid, expires_at timestamptz, state text)
     order by source, external_id, identity_id
    on conflict (source, external_id, identity_id) do update
      set kind = excluded.kind, expires_at = coalesce(excluded.expires_at, credentials.expires_at),
          connector_id = coalesce(excluded.connector_id, credentials.connector_id),
          state = case when credentials.state = 'revoked' and excluded.state <> 'active' then 'revoked' else excluded.state end
    where (credentials.kind, credentials.expires_at, credentials.connector_id, credentials.state) is distinct from
      (excluded.kind, coalesce(excluded.expires_at, credentials.expires_at), coalesce(excluded.connector_id, credentials.connector_id),
       case when credentials.state = 'revoked' and excluded.state <> 'active' then 'revoked' else excluded.state end)`;
}

interface Said {
  id: string;
  connector_id: string;
  issuer: string;
  told: string[];
  listed: string[];
}

/** Per identity and connected system: the names it was told by, and all credentials it has there. */
function saidOf(found: Found[]): Said[] {
  const said = new Map<string, Said>();
  for (const { id, discovered: d } of found) {
    if (!d.connectorId || !d.credentials) continue;
    const key = `${id} ${d.issuer}`;
    const one = said.get(key) ?? { id, connector_id: d.connectorId, issuer: d.issuer, told: [], listed: [] };
    one.told.push(d.externalId);
    one.listed.push(...d.credentials.map((credential) => credential.externalId.slice(0, 512)));
    said.set(key, one);
  }
  return [...said.values()].filter((one) => one.listed.length < LISTED_MOST);
}

/**
 * What its system no longer lists is over. An identity that goes by several names there has the credentials of all of them: it
 * is judged where all were told, or where `complete` says that no other is left.
 */
export async function closeUnlisted(tx: Tx, found: Found[], at: Date, complete: boolean): Promise<void> {
  const said = saidOf(found);
  if (said.length === 0) return;
  await tx.$executeRaw`
    update credentials c set state = case when c.expires_at <= ${at}::timestamptz then 'expired' else 'revoked' end
      from jsonb_to_recordset(${JSON.stringify(said)}::jsonb) as s(id uuid, connector_id uuid, issuer text, told jsonb, listed jsonb)
     where c.identity_id = s.id and c.connector_id = s.connector_id and c.state in ('active', 'blocked')
       and not s.listed ? c.external_id
       and (${complete} or not exists (select from identity_aliases a
         where a.identity_id = s.id and a.issuer = s.issuer and not s.told ? a.external_id))`;
}
