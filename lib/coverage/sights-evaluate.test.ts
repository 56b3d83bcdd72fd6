import { expect, test } from 'vitest';
import { sightsText } from '@/lib/coverage/format';
import { sightsOf } from '@/lib/coverage/sights-evaluate';

const connector = (
  id: string,
  capabilities: ReturnType<typeof can>,
  more: { state?: 'disabled'; health?: 'failing' } = {},
) => ({ id, state: 'enabled', health: 'ok', capabilities, ...more }) as Parameters<typeof sightsOf>[1][number];
const can = (list: 'native' | 'none', events: 'native' | 'none') => ({
  discover: 'native' as const,
  list,
  events,
});
const [db, cloud, listing] = [can('native', 'none'), can('none', 'native'), can('none', 'none')];
const connectors = [
  connector('a', db),
  connector('b', cloud),
  connector('c', listing),
  connector('off', db, { state: 'disabled' }),
  connector('away', db, { health: 'failing' }),
];
const of = (...connector_ids: string[]) => ({ connector_ids });

test('an identity counts once, where most of its sessions is seen; what is off or away shows nothing', () => {
  const counted = [of('a', 'c'), of('b'), of('c', 'b'), of('c'), of('off'), of('away', 'c'), { connector_ids: null }];
  const sights = sightsOf(counted, connectors);
  expect(sights).toEqual({ sessions: 1, derived: 2, identities: 2, nothing: 2 });
  expect(sightsText(sights)).toBe(
    'every live session: 1; sessions as events tell them: 2; identities, but no session: 2; nothing by itself: 2',
  );
  expect(sightsText({ sessions: 3, derived: 0, identities: 0, nothing: 0 })).toBe('every live session: 3');
});
