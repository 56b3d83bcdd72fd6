// For tests only: identities, sessions and credentials as they stand in a database, and what became of them.
import pg from 'pg';
import { newId } from '@/lib/platform/ids';

export interface Rows {
  identity: (name: string, alias?: { issuer: string; externalId: string }) => Promise<string>;
  session: (identityId: string, key: string, more?: { device?: string; credentialId?: string }) => Promise<string>;
  credential: (identityId: string, externalId: string, kind?: string) => Promise<string>;
  query: <T extends object>(sql: string, values?: unknown[]) => Promise<T[]>;
  end: () => Promise<void>;
}

export async function rowsOf(url: string): Promise<Rows> {
  const client = new pg.Pool({ connectionString: url, max: 4 });
  client.on('error', () => undefined); // its database is dropped while it ends
  const query = async <T extends object>(sql: string, values: unknown[] = []) =>
    (await client.query<T>(sql, values)).rows;
  return {
    query,
    end: () => client.end(),
    identity: async (name, alias) => {
      const id = newId();
      await query(`insert into identities (id, name, external_id, kind) values ($1, $2, $2, 'service_account')`, [
        id,
        name,
      ]);
      const { issuer, externalId } = alias ?? { issuer: 'default', externalId: name };
      await query(
        `insert into identity_aliases (issuer, type, external_id, identity_id, reason) values ($1, '*', $2, $3, 'test')`,
        [issuer, externalId, id],
      );
      return id;
    },
    session: async (identityId, key, { device, credentialId } = {}) => {
      const id = newId();
      await query(
        `insert into sessions (id, identity_id, source, observed_by, group_key, label, state, started_at, last_event_at, device, credential_id)
         values ($1, $2, 'pdp', 'declared', $3, $3, 'live', now() - interval '5 minutes', now(), $4, $5)`,
        [id, identityId, key, device ?? null, credentialId ?? null],
      );
      return id;
    },
    credential: async (identityId, externalId, kind = 'access_key') => {
      const id = newId();
      await query(
        `insert into credentials (id, identity_id, kind, external_id, source) values ($1, $2, $3, $4, 'aws')`,
        [id, identityId, kind, externalId],
      );
      return id;
    },
  };
}
