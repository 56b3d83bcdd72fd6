import type pg from 'pg';
import { formerOf } from '@/lib/identities/former-model';
import type { Former, IdentitySeen } from '@/lib/policies/compiled-model';

/** Identities whole, with their workflows and those who were merged into them, however many times over. */
export async function readIdentities(client: pg.Client, ids: string[]): Promise<Map<string, IdentitySeen>> {
  if (!ids.length) return new Map();
  const found = await client.query<
    Omit<IdentitySeen, 'formerly'> & { concurrency_limit: number | null; formerly: Former[] | null }
  >({
    name: 'read_identities',
    text: `select i.id, i.name, i.kind, i.state, i.managed, i.protected, i.environment, i.owner, i.purpose, coalesce(i.purpose_until <= now(), false) as "purposeOver",
             (extract(epoch from i.purpose_until) * 1000)::float8 as "purposeUntilMs", i.concurrency_limit, i.visibility, i.revocation_lag_secs as "revocationLagSecs", i.risk, i.credential_risks as "credentialRisks",
             coalesce((select json_agg(json_build_object('id', w.id, 'name', w.name) order by w.name)
                       from workflow_members m join workflows w on w.id = m.workflow_id where m.identity_id = i.id), '[]') as workflows,
             (select json_agg(json_build_object('id', o.id, 'name', o.name) order by o.id)
              from ${formerOf('i.id')} f join identities o on o.id = f.from_id where o.id <> i.id) as formerly
           from identities i where i.id = any($1::uuid[])`,
    values: [ids],
  });
  return new Map(
    found.rows.map(({ formerly, ...row }) => [
      row.id,
      { ...row, concurrencyLimit: row.concurrency_limit, ...(formerly ? { formerly } : {}) },
    ]),
  );
}
