import { beforeAll, expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { admin, ask } from '@/lib/decisions/testing-ask';
import { listNear } from '@/lib/exposures/list-near';
import { watchNear } from '@/lib/exposures/watch-near';
import { createRoute } from '@/lib/notifications/create-route';
import { channel, admin as operator } from '@/lib/notifications/testing-notices';
import { apply } from '@/lib/policies/apply';

testDatabase();

beforeAll(async () => {
  await apply(admin, {
    source: `set: pay
default: allow
meters:
  paid: { sum: context.amount, unit: EUR, scale: 2, per: resource.id, over: 1h, on: action.name == "payment.create" }
rules:
  - id: cap
    limit: { meter: paid, max: 100 }
`,
  });
  const { id } = await channel('webhook', 'soar', { url: 'https://soar.example/hook' });
  await createRoute(operator, { channelId: id, match: { events: ['exposure.near'] } });
});

const pay = (resource: string, amount: number) => ask({ resource, context: { amount } });
const near = async (query = {}) => (await listNear(admin, query)).items.map((row) => [row.key, row.level]);
const told = () => prisma().notice.findMany({ where: { event: 'exposure.near' }, orderBy: { id: 'asc' } });

test('what rises to 80 and to 90 % of its limit is listed and told of, each level once', async () => {
  await pay('a', 79);
  expect([await watchNear(admin), await near()]).toEqual([0, []]);
  await pay('a', 3);
  expect(await near()).toEqual([['a', 80]]);
  // Two watches at the same time tell once.
  expect((await Promise.all([watchNear(admin), watchNear(admin)])).toSorted()).toEqual([0, 1]);
  await pay('a', 1);
  expect(await watchNear(admin)).toBe(0);
  await pay('a', 8);
  await pay('b', 85);
  expect(await watchNear(admin)).toBe(2);
  expect(await watchNear(admin)).toBe(0);
  expect(await near()).toEqual([
    ['a', 90],
    ['b', 80],
  ]);
  expect(await near({ level: 90 })).toEqual([['a', 90]]);
  const rows = await told();
  expect(rows.map(({ severity, body }) => [severity, (body as { title: string }).title])).toEqual([
    ['low', 'paid of resource a stands at 82 % of its limit'],
    ['medium', 'paid of resource a stands at 91 % of its limit'],
    ['low', 'paid of resource b stands at 85 % of its limit'],
  ]);
  const [first] = (await listNear(admin, {})).items;
  expect(first).toMatchObject({
    settled: '9100',
    available: '900',
    ruleId: 'cap',
    identities: [{ name: 'svc-payments' }],
    since: expect.any(String),
  });
});

test('pages by cursor hold each once; a cursor of nothing is refused', async () => {
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listNear(admin, { limit: 1, cursor });
    seen.push(...page.items.map((row) => row.key));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(seen).toEqual(['a', 'b']);
  await expect(listNear(admin, { cursor: 'x' })).rejects.toMatchObject({ code: 'input.invalid' });
});

/** As if so much time had passed for what was counted and told. */
async function later(minutes: number): Promise<void> {
  await prisma().$executeRaw`update exposure_buckets set bucket_at = bucket_at - make_interval(mins => ${minutes})`;
  await prisma().$executeRaw`update near_exposures set since = since - make_interval(mins => ${minutes})`;
}

test('what has left its window is neither listed nor told of, and told of anew when it rises again', async () => {
  await pay('c', 95);
  expect(await watchNear(admin)).toBe(1);
  expect(await near()).toHaveLength(3);
  // The window moves on; nothing is decided meanwhile, so what was noted stands as it was.
  await prisma().$executeRaw`update exposures set settled = 0, open = null where key = 'c'`;
  await later(61);
  expect((await near()).map(([key]) => key)).not.toContain('c');
  expect(await watchNear(admin)).toBe(0);
  await prisma().$executeRaw`update exposures set settled = 9500, revision = revision + 1 where key = 'c'`;
  expect(await watchNear(admin)).toBe(1);
  expect(await watchNear(admin)).toBe(0);
});

test('what was noted long ago keeps nothing that rises now from being told of', async () => {
  await prisma()
    .$executeRaw`insert into exposures (id, policy_set, meter, kind, scope, key, unit, scale, window_secs, limit_value, warned, revision)
    select gen_random_uuid(), 'pay', 'paid', 'sum', 'resource.id', 'old' || n, 'EUR', 2, 3600, 10000, 90, 1 from generate_series(1, 450) n`;
  await pay('d', 81);
  let told = 0;
  for (let pass = 0; pass < 4; pass++) told += await watchNear(admin);
  expect(told).toBe(1);
  const noticed = await prisma().notice.findFirst({ where: { event: 'exposure.near' }, orderBy: { id: 'desc' } });
  expect((noticed!.body as { title: string }).title).toContain('resource d');
});
