import { expect, test } from 'vitest';
import { manifest as mysql } from '@/lib/connectors/mysql/manifest';
import { manifest as postgres } from '@/lib/connectors/postgres/manifest';
import { manifest as redis } from '@/lib/connectors/redis/manifest';
import { isLocal, wireCheck } from '@/lib/connectors/tls-model';

test('this machine is known by its names and nothing else is', () => {
  expect(['localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]', '/var/run/postgresql'].every(isLocal)).toBe(true);
  expect(['localhost.example.org', '10.0.0.1', '127.0.0.1.example.org', 'db', ''].some(isLocal)).toBe(false);
});

test('where nothing is said the certificate is checked, but on this machine; what is said holds', () => {
  const sql = (host: string, more = {}) => mysql.split({ host, user: 'u', ...more }).config as { tls: string };
  expect(sql('db.internal').tls).toBe('verify-full');
  expect(sql('127.0.0.1').tls).toBe('disable');
  expect(sql('127.0.0.1', { ca: 'PEM' }).tls).toBe('verify-full');
  expect(sql('db.internal', { tls: 'disable' }).tls).toBe('disable');
  const keys = (nodes: string) => redis.split({ nodes, user: 'u' }).config as { tls: string };
  expect(keys('127.0.0.1:6379').tls).toBe('disable');
  expect(keys('127.0.0.1:6379, cache.internal:6379').tls).toBe('verify-full');
  expect(keys('[::1]:6379').tls).toBe('disable');
  const pg = (url: string) => postgres.split({ url }).config as { sslMode: string };
  expect(pg('postgresql://u:p@db.internal/shop').sslMode).toBe('verify-full');
  expect(pg('postgresql://u:p@localhost/shop').sslMode).toBe('prefer');
  expect(pg('postgresql://u:p@db.internal/shop?sslmode=require').sslMode).toBe('require');
});

test('what is not encrypted, or not checked, is warned of where it crosses a network', () => {
  expect(wireCheck(['db.internal'], 'plain')).toMatchObject({ ok: false, fix: expect.stringContaining('check') });
  expect(wireCheck(['127.0.0.1', 'db.internal'], 'unchecked')).toMatchObject({ ok: false });
  expect(wireCheck(['db.internal'], 'checked')).toMatchObject({ ok: true });
  expect(wireCheck(['localhost'], 'plain')).toMatchObject({ ok: true });
});
