import type { SessionEventInput } from '@/lib/sessions/model';

export interface Statement {
  /** The command in capitals: `ALTER ROLE`, `SELECT`. */
  command: string;
  class: SessionEventInput['class'];
  object?: string;
  life?: NonNullable<SessionEventInput['life']>;
}

const LOGGED = /^(?:duration: [\d.]+ ms {2})?(?:statement|execute [^:]{1,80}|fastpath function call): ([\s\S]*)$/;
/** `AUDIT: SESSION,1,1,WRITE,UPDATE,TABLE,public.orders,…`: the statement after it is not read. */
const AUDIT =
  /^AUDIT: (?:SESSION|OBJECT),\d+,\d+,(READ|WRITE|FUNCTION|ROLE|DDL|MISC|MISC_SET),([A-Z ]{2,60}),([A-Z ]*),([^,]{0,300}),/;
const READ = /^(?:SELECT|TABLE|VALUES|SHOW|EXPLAIN|FETCH|WITH)$/;
const CHANGE =
  /^(?:INSERT|UPDATE|DELETE|MERGE|TRUNCATE|CREATE|ALTER|DROP|GRANT|REVOKE|COMMENT|REINDEX|CLUSTER|REASSIGN|SECURITY|IMPORT|REFRESH)$/;
const ROLE =
  /^(?:CREATE|ALTER|DROP)\s+(?:ROLE|USER|GROUP)\s+(?:IF\s+EXISTS\s+)?(?:"((?:[^"]|"")+)"|([\w$]+))\s*([\s\S]*)$/i;
const LOOKED_AT = 4000;

/** What a logged statement is. Its text may hold passwords and data: command and role are all that leaves here. null: none. */
export function readStatement(message: string): Statement | null {
  const audit = AUDIT.exec(message);
  if (audit) {
    const [, kind, command, , object] = audit as unknown as [string, string, string, string, string];
    const statement = message.slice(audit[0].length).replace(/^"/, '');
    return {
      command: command.trim(),
      class: kind === 'READ' ? 'read' : /^(?:WRITE|ROLE|DDL)$/.test(kind) ? 'change' : 'other',
      ...(object ? { object: object.replace(/^"|"$/g, '') } : {}),
      ...(kind === 'ROLE' ? lifeOf(statement) : {}),
    };
  }
  const sql = LOGGED.exec(message)?.[1]
    ?.slice(0, LOOKED_AT)
    .replace(/^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)+/, '');
  const first = /^[A-Za-z]+/.exec(sql ?? '')?.[0]?.toUpperCase();
  if (!sql || !first) return null;
  if (first === 'COPY') {
    const out = /\bTO\s+(?:STDOUT|PROGRAM|')/i.test(sql);
    return { command: out ? 'COPY TO' : 'COPY FROM', class: out ? 'export' : 'change' };
  }
  const second = /^(?:CREATE|ALTER|DROP)$/.test(first)
    ? /^\w+\s+(?:OR\s+REPLACE\s+)?([A-Za-z]+)/.exec(sql)?.[1]?.toUpperCase()
    : '';
  const writes = first === 'WITH' && /\b(?:INSERT\s+INTO|UPDATE\s|DELETE\s+FROM|MERGE\s+INTO)\b/i.test(sql);
  return {
    command: second ? `${first} ${second}` : first,
    class: CHANGE.test(first) || writes ? 'change' : READ.test(first) ? 'read' : 'other',
    ...lifeOf(sql),
  };
}

function lifeOf(sql: string): Pick<Statement, 'life'> {
  const match = ROLE.exec(sql);
  const role = (match?.[1]?.replace(/""/g, '"') ?? match?.[2]?.toLowerCase())?.slice(0, 200);
  if (!match || !role) return {};
  const [verb, rest] = [sql.slice(0, 6).trim().toUpperCase(), (match[3] ?? '').replace(/'(?:[^']|'')*'/g, "''")];
  const identity = (what: NonNullable<Statement['life']>['what']): Pick<Statement, 'life'> => ({
    life: { of: 'identity', what, externalId: role },
  });
  if (verb.startsWith('DROP')) return identity('deleted');
  if (verb === 'CREATE') return identity('created');
  if (/\bNOLOGIN\b/i.test(rest)) return identity('disabled');
  if (/\bPASSWORD\b/i.test(rest)) return { life: { of: 'credential', what: 'rotated', externalId: `login:${role}` } };
  if (/(?:^|\s)LOGIN\b/i.test(rest)) return identity('enabled');
  return /(?:^|\s)(?:SUPERUSER|CREATEROLE|BYPASSRLS|REPLICATION)\b/i.test(rest) ? identity('privileged') : {};
}
