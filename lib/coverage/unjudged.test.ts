import { expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { take } from '@/lib/coverage/take';
import { unjudged } from '@/lib/coverage/unjudged';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { newId } from '@/lib/platform/ids';

testDatabase();
const ctx = systemCtx('weekly snapshot');
const known = (name: string, over: object = {}) =>
  prisma().identity.create({ data: { id: newId(), name, externalId: name, kind: 'service_account', ...over } });

test('who came up since the newest snapshot is counted, as the snapshot would', async () => {
  await known('before');
  expect(await unjudged(ctx)).toBe(1);
  await take(ctx);
  expect(await unjudged(ctx)).toBe(0);
  await known('after');
  await known('after too');
  await known('a person', { kind: 'human' });
  await known('only asked about', { managed: false });
  await known('another’s old name', { attributes: { continuedAs: newId() } });
  expect(await unjudged(ctx)).toBe(2);
});
