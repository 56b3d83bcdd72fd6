// Who and what is open can't be changed by whoever writes to the database without the proof of the log saying so.
import { afterEach, beforeAll, expect, test } from 'vitest';
import { createOperator } from '@/lib/access/create-operator';
import { createToken } from '@/lib/access/create-token';
import { end } from '@/lib/access/grants/end';
import { as, elevated, entered, person } from '@/lib/access/grants/testing-grants';
import { revokeToken } from '@/lib/access/revoke-token';
import { setPoint } from '@/lib/access/set-point';
import { updateOperator } from '@/lib/access/update-operator';
import { seal } from '@/lib/audit/seal';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { admin, ask } from '@/lib/decisions/testing-ask';
import { verify } from '@/lib/decisions/verify';
import { apply } from '@/lib/policies/apply';
import { retire } from '@/lib/policies/retire';
import { rollBack } from '@/lib/policies/roll-back';
import { request } from '@/lib/revocations/request';
import { completeTask } from '@/lib/sessions/complete-task';
import { reopenTask } from '@/lib/sessions/reopen-task';

testDatabase();

const why = { reasonCode: 'test' as const, reason: 'a test of the log' };
const reason = 'a test of the log';
const set = (name: string, max: number) =>
  `set: ${name}\ndefault: allow\nmeters: { m: { count: true, per: identity, over: 1h } }\nrules: [{ id: r, limit: { meter: m, max: ${max} } }]\n`;
const sql = async (text: string, values: unknown[] = []) => (await pool().query(text, values)).rows;
const found = async () => {
  await seal();
  return (await verify(admin)).problems.map((one) => `${one.code} ${one.message}`);
};
const identity = async (name: string): Promise<string> => {
  await ask({ subject: name, session: { id: `of-${name}`, task: `job-${name}` } });
  return (await sql('select id from identities where name = $1', [name]))[0].id;
};

const tables = ['identities', 'sessions', 'tasks', 'api_tokens', 'policy_sets', 'operators', 'access_grants'];

beforeAll(async () => {
  await apply(admin, { source: set('fleet', 50) });
  await apply(admin, { source: set('fleet', 60) });
  await rollBack(admin, { name: 'fleet', version: 1, reason });
  await apply(admin, { source: set('gone', 50) });
  await retire(admin, { what: 'active', name: 'gone', reason });
  await request(admin, { kind: 'revoke', identityId: await identity('revoked'), ...why });
  await request(admin, { kind: 'pause', identityId: await identity('paused'), ...why });
  const back = await identity('back');
  await request(admin, { kind: 'pause', identityId: back, ...why });
  await request(admin, { kind: 'resume', identityId: back, ...why });
  await identity('ended');
  const [session] = await sql(
    `select s.id from sessions s join identities i on i.id = s.identity_id where i.name = 'ended'`,
  );
  await request(admin, { kind: 'terminate', sessionIds: [session.id], ...why });
  await completeTask(admin, { taskId: 'job-done' });
  await completeTask(admin, { taskId: 'job-again' });
  await reopenTask(admin, { issuer: 'default', taskId: 'job-again', reason });
  await createToken(admin, { name: 'plain', scopes: ['decide'], expiresInDays: 3 });
  const { id } = await createToken(admin, { name: 'bounded', scopes: ['decide', 'ingest'] });
  await setPoint(admin, { id, mode: 'legacy' });
  await setPoint(admin, { id, mode: 'bounded', staleSecs: 5, settleAfterSecs: 60 });
  const over = await createToken(admin, { name: 'over', scopes: ['read'] });
  await revokeToken(admin, { id: over.id, reason });
  const password = 'a long enough password';
  const operator = (name: string, role: 'viewer' | 'analyst' | 'admin') =>
    createOperator(admin, { email: `${name}@braid.example`, name, role, password });
  await operator('ada', 'admin');
  await operator('vera', 'viewer');
  const dan = await operator('dan', 'analyst');
  await updateOperator(admin, { id: dan.id, role: 'viewer' });
  await updateOperator(admin, { id: dan.id, state: 'disabled' });
  const granter = await entered(await person('admin'));
  await elevated(granter);
  const { id: ended } = await elevated(granter);
  await end(await as(granter), { id: ended, reason });
  for (const table of tables) await sql(`create table kept_${table} as table ${table}`);
});

afterEach(async () => {
  await sql('update identities i set state = k.state from kept_identities k where k.id = i.id');
  for (const table of tables.slice(1)) {
    await sql(`delete from ${table}`);
    await sql(`insert into ${table} select * from kept_${table}`);
  }
});

test('what nobody touched is proven, and so is what is tighter than the log says', async () => {
  expect(await found()).toEqual([]);
  await sql(`update identities set state = 'revoked' where name in ('paused', 'back')`);
  await sql(`update api_tokens set revoked_at = now() where name = 'plain'`);
  expect(await found()).toEqual([]);
});

test.each([
  [
    'identity',
    'that was revoked',
    `update identities set state = 'active' where name = 'revoked'`,
    /\(revoked\) was revoked, and no longer/,
  ],
  [
    'identity',
    'that is paused only',
    `update identities set state = 'paused' where name = 'revoked'`,
    /\(revoked\) was revoked, and no longer/,
  ],
  [
    'identity',
    'that was paused',
    `update identities set state = 'active' where name = 'paused'`,
    /\(paused\) was paused, and no longer/,
  ],
  [
    'session',
    'that was ended',
    `update sessions set state = 'live', ended_at = null where group_key like '%of-ended%'`,
    /\(of ended\) was ended, and no longer/,
  ],
  [
    'session',
    'that was taken out',
    `delete from sessions where group_key like '%of-ended%'`,
    /\(of ended\) was ended, and is not there/,
  ],
  [
    'task',
    'that was over',
    `delete from tasks where id = 'job-done'`,
    /job-done \(default\) was declared over, and no longer/,
  ],
  [
    'task',
    'that would be forgotten',
    `update tasks set completed_at = completed_at - interval '89 days' where id = 'job-done'`,
    /too soon/,
  ],
  [
    'token',
    'that was revoked',
    `update api_tokens set revoked_at = null where name = 'over'`,
    /\(over\) was revoked, and no longer/,
  ],
  [
    'token',
    'that may more',
    `update api_tokens set scopes = '{decide,admin}' where name = 'plain'`,
    /is not what was made/,
  ],
  [
    'token',
    'with another secret',
    `update api_tokens set hash = md5(hash) where name = 'plain'`,
    /is not what was made/,
  ],
  [
    'token',
    'that lasts longer',
    `update api_tokens set expires_at = expires_at + interval '1 day' where name = 'plain'`,
    /is not what was made/,
  ],
  [
    'token',
    'of another namespace',
    `update api_tokens set issuer = 'prod' where name = 'plain'`,
    /is not what was made/,
  ],
  [
    'token',
    'with another point',
    `update api_tokens set stale_secs = 500 where name = 'bounded'`,
    /told of shared state another way/,
  ],
  [
    'token',
    'with a point',
    `update api_tokens set mode = 'legacy' where name = 'plain'`,
    /told of shared state another way/,
  ],
  [
    'token',
    'that nobody made',
    `insert into api_tokens (id, name, scopes, hash, prefix, created_by) values (gen_random_uuid(), 'planted', '{admin}', 'h', 'brd_', 'me')`,
    /anybody made it/,
  ],
  [
    'policy',
    'that was retired',
    `update policy_sets set state = 'active' where name = 'gone'`,
    /gone was retired, and decides all the same/,
  ],
  [
    'policy',
    'taken out of force',
    `update policy_sets set state = 'retired' where name = 'fleet'`,
    /fleet was made active, and no version/,
  ],
  [
    'policy',
    'of another version',
    `update policy_sets set state = 'retired' where name = 'fleet'; update policy_sets set state = 'active' where name = 'fleet' and version = 2`,
    /by another version/,
  ],
  [
    'policy',
    'of another text',
    `update policy_sets set source = replace(source, '50', '5000') where name = 'fleet'`,
    /by another text/,
  ],
  [
    'policy',
    'of another text and hash',
    `update policy_sets set source = source || ' ', hash = encode(sha256(convert_to(source || ' ', 'UTF8')), 'hex') where name = 'fleet' and state = 'active'`,
    /by another version/,
  ],
  [
    'operator',
    'with a higher role',
    `update operators set role = 'admin' where name = 'vera'`,
    /\(vera\) has a higher role than was given/,
  ],
  [
    'operator',
    'with the role of before',
    `update operators set role = 'analyst' where name = 'dan'`,
    /\(dan\) has a higher role than was given/,
  ],
  [
    'operator',
    'that was disabled',
    `update operators set state = 'active' where name = 'dan'`,
    /\(dan\) was disabled, and may sign in/,
  ],
  [
    'operator',
    'with another password',
    `update operators set password_hash = (select password_hash from operators where name = 'vera') where name = 'ada'`,
    /\(ada\) has another password/,
  ],
  [
    'operator',
    'nobody added',
    `insert into operators (id, email, name, role, password_hash) values (gen_random_uuid(), 'm@x.example', 'mal', 'admin', 'h')`,
    /\(mal\) has no sealed audit entry/,
  ],
  [
    'grant',
    'that lasts longer',
    `update access_grants set until = until + interval '1 hour' where state = 'granted'`,
    /holds a higher role, longer/,
  ],
  [
    'grant',
    'that was ended',
    `update access_grants set state = 'granted', until = now() + interval '1 minute' where state = 'ended'`,
    /holds a higher role for a time that was ended/,
  ],
  [
    'grant',
    'nobody gave',
    `update access_grants set id = gen_random_uuid() where state = 'granted'`,
    /holds a higher role for a time, and no sealed audit entry/,
  ],
  ['policy', 'that judges only', `update policy_sets set mode = 'shadow' where name = 'fleet'`, /in another mode/],
  [
    'policy',
    'nobody applied',
    `insert into policy_sets (id, name, version, hash, source, state, created_by, activated_at) select gen_random_uuid(), 'planted', 1, hash, source, 'active', 'me', now() from policy_sets limit 1`,
    /anybody made it active/,
  ],
])('finds a %s %s', async (kind, _, change, said) => {
  await pool().query(change);
  expect(await found()).toEqual([expect.stringMatching(new RegExp(`^${kind}\\.unproven .*${said.source}`))]);
});
