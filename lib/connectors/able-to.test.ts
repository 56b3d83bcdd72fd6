import { expect, test } from 'vitest';
import { ableTo } from '@/lib/connectors/able-to';
import type { Connection } from '@/lib/connectors/contract';

const connection: Connection = {
  test: async () => ({ ok: true, checks: [] }) as never,
  blockIdentity: async () => ({ state: 'effective', detail: 'blocked', affected: 1 }),
  close: async () => undefined,
};

test('what a connection can do is called on itself; what it can’t any more is said in words', async () => {
  expect(ableTo(connection, 'blockIdentity')).toBe(connection);
  expect(() => ableTo(connection, 'pauseIdentity')).toThrow(
    'With its settings as they are now the connector can’t pause an identity.',
  );
});
