import pg from 'pg';
import { expect, test } from 'vitest';
import { isLost } from '@/lib/exposures/lane/store';
import { BraidError } from '@/lib/platform/errors';

const coded = (code: string, message = '') => Object.assign(new Error(message), { code });

test('a connection that is gone is told from a mistake of ours', async () => {
  const refused = await new pg.Client('postgres://x:y@127.0.0.1:1/z').connect().catch((error: unknown) => error);
  for (const lost of [
    refused,
    coded('ECONNRESET', 'read ECONNRESET'),
    coded('57P01', 'terminating connection due to administrator command'),
    coded('57014', 'canceling statement due to statement timeout'),
    new Error('Connection terminated unexpectedly'),
    new Error('Client has encountered a connection error and is not queryable'),
  ])
    expect(isLost(lost), String(lost)).toBe(true);
  for (const ours of [
    new Error('nothing that was thought of'),
    new TypeError('Connection is undefined'),
    new SyntaxError('Unexpected token'),
    coded('23505', 'duplicate key'),
    coded('40P01', 'deadlock detected'),
    new BraidError('hold.closed', 'Connection'),
  ])
    expect(isLost(ours), String(ours)).toBe(false);
});
