// Tokens to and from another implementation of JOSE: jwcrypto, in Python.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '@/lib/db/testing';
import { projectRoot } from '@/lib/platform/env';
import { ACCOUNT_DISABLED } from '@/lib/signals/event-model';
import type { AddedReceiver } from '@/lib/signals/model';
import { type Braid, startBraid, stopAll } from '@/lib/signals/testing-braid';
import { clientOf, until } from '@/lib/signals/testing-receiver';
import { type Rows, rowsOf } from '@/lib/signals/testing-rows';
import { foreignTransmitter } from '@/lib/signals/testing-transmitter';

const db = testDatabase();
let braid: Braid;
let rows: Rows;

const python = process.env.BRAID_JWCRYPTO ?? 'python3';
function jose<T>(asked: object): T {
  const script = path.join(projectRoot(), 'lib/signals/fixtures/foreign_jose.py');
  return JSON.parse(execFileSync(python, [script], { input: JSON.stringify(asked), encoding: 'utf8' })) as T;
}

beforeAll(async () => {
  try {
    execFileSync(python, ['-c', 'import jwcrypto']);
  } catch {
    throw new Error('jwcrypto is missing: pip install jwcrypto, and BRAID_JWCRYPTO=<its python>.');
  }
  [braid, rows] = await Promise.all([startBraid(db.url), rowsOf(db.url)]);
});
afterAll(async () => {
  stopAll();
  await rows?.end();
});

test('what Braid signs is verified by it', async () => {
  const added = await braid.ask<AddedReceiver>('addReceiver', { name: 'py' });
  const client = await clientOf(braid.url, added);
  const { body: stream } = await client('POST', 'streams', {});
  const identityId = await rows.identity('svc-py');
  await braid.ask('request', { kind: 'revoke', identityId });
  const { body } = await client('POST', stream.delivery.endpoint_url, { returnImmediately: true });
  const jwks = await (await fetch(`${braid.url}/api/ssf/jwks`)).json();
  const tokens = Object.values(body.sets as Record<string, string>);
  expect(tokens.length).toBe(3);
  for (const token of tokens) {
    const read = jose<{ header: object; claims: Record<string, unknown> }>({ do: 'verify', jwks, token });
    expect(read.header).toMatchObject({ typ: 'secevent+jwt', alg: 'RS256' });
    expect(read.claims).toMatchObject({ iss: braid.url, aud: added.clientId, sub_id: { sub: 'svc-py' } });
    expect(Object.keys(read.claims)).not.toContain('exp');
  }
});

for (const [alg, kty, more] of [
  ['RS256', 'RSA', { size: 2048 }],
  ['ES256', 'EC', { crv: 'P-256' }],
] as const)
  test(`what it signs by ${alg} is taken and acted upon; a key too short or changed claims are not`, async () => {
    const { private: key, public: shown } = jose<{ private: object; public: object }>({ do: 'generate', kty, more });
    const idp = await foreignTransmitter([shown]);
    await braid.ask('addSource', { name: `py ${alg}`, issuer: idp.url, method: 'push', token: 'x', ownNetwork: true });
    const id = await rows.identity(`svc-${alg}`);
    const claims = idp.claims(
      ACCOUNT_DISABLED,
      { reason: 'hijacking' },
      { format: 'iss_sub', iss: idp.url, sub: `svc-${alg}` },
    );
    const { token } = jose<{ token: string }>({ do: 'sign', private: key, alg, claims });
    const [head, body, signature] = token.split('.');
    const other = Buffer.from(body!, 'base64url').toString().replace('hijacking', 'bulk-account');
    const bent = `${head}.${Buffer.from(other).toString('base64url')}.${signature}`;
    expect((await idp.push(bent)).body.err).toBe('authentication_failed');
    expect((await idp.push(token)).status).toBe(202);
    await until(
      async () =>
        (await rows.query<{ state: string }>('select state from identities where id = $1', [id]))[0]!.state ===
        'paused',
    );
    await idp.close();
  });

test('a key of 1024 bits is not accepted', async () => {
  const { private: key, public: shown } = jose<{ private: object; public: object }>({
    do: 'generate',
    kty: 'RSA',
    more: { size: 1024 },
  });
  const idp = await foreignTransmitter([shown]);
  await braid.ask('addSource', { name: 'py short', issuer: idp.url, method: 'push', token: 'x', ownNetwork: true });
  const claims = idp.claims(ACCOUNT_DISABLED, {}, { format: 'email', email: 'x@example.com' });
  const { token } = jose<{ token: string }>({ do: 'sign', private: key, alg: 'RS256', claims });
  expect(await idp.push(token)).toMatchObject({ status: 400, body: { err: 'invalid_key' } });
  await idp.close();
});
