import { expect, test } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { create } from '@/lib/connectors/create';
import { whole } from '@/lib/connectors/http/testing-description';
import { startService, TOKEN } from '@/lib/connectors/http/testing-service';
import { list } from '@/lib/connectors/list';
import { connectorDetailSchema, connectorRowSchema, vendorListSchema } from '@/lib/connectors/rest-model';
import { show } from '@/lib/connectors/show';
import { vendors } from '@/lib/connectors/vendors';
import { systemsOf } from '@/lib/coverage/facts';
import { sightsOf } from '@/lib/coverage/sights-evaluate';
import { testDatabase } from '@/lib/db/testing';
import { newId } from '@/lib/platform/ids';
import { times } from '@/lib/revocations/times';

testDatabase();
const ctx: Ctx = { actor: { kind: 'operator', id: newId(), name: 'Ada Admin', role: 'admin' } };

test('a connection that only lists identities is shown, counted and timed as one, whatever its vendor can do at most', async () => {
  const service = await startService();
  service.add('worker');
  const lists = `${whole(service.url).split('sessions:')[0]!}settles_ms: 7000\n`;
  const values = { description: lists, secret: TOKEN, ownNetwork: 'yes' };
  const { id } = await create(ctx, { vendor: 'http', name: 'Boundary', values }).finally(() => service.stop());
  const { items } = await list(ctx);
  expect(items).toMatchObject([{ id, capabilities: { discover: 'native', list: 'none', revokeAll: 'none' } }]);
  expect((await show(ctx, { id })).capabilities).toEqual(items[0]!.capabilities);
  expect(systemsOf(items, new Map()).get(id)).toMatchObject({ discovers: true, listsSessions: false, revokes: false });
  expect(sightsOf([{ connector_ids: [id] }], items)).toMatchObject({ sessions: 0, identities: 1 });
  const { systems } = await times(ctx);
  expect(systems.find((one) => one.connectorId === id)?.declared).toEqual({ p50: 7_000, max: 70_000 });
});

test('what REST answers of connectors and of every vendor fits what it declares', async () => {
  const { id } = await create(ctx, { vendor: 'simulator', name: 'World', values: { world: 'w', identities: 'w:1' } });
  const { items } = await list(ctx);
  expect(items.map((one) => connectorRowSchema.parse(one))).toEqual(items);
  const one = await show(ctx, { id });
  expect(connectorDetailSchema.parse(one)).toEqual(one);
  const answer = { items: await vendors(ctx), nextCursor: null };
  expect(vendorListSchema.parse(answer)).toEqual(answer);
});
