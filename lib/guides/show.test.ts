import { expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { guideHref } from '@/lib/guides/format';
import { show } from '@/lib/guides/show';

const ctx = systemCtx('test');

test('a guide is read by its path, and nothing outside of the guides is', async () => {
  const { title, text } = await show(ctx, { path: ['connectors', 'postgres'] });
  expect(title).toBe('PostgreSQL');
  expect(text).toContain('CREATE ROLE braid_connector');
  for (const path of [['..', 'README'], ['connectors', '../../README'], ['nope'], ['%2e%2e', 'x'], []])
    await expect(show(ctx, { path })).rejects.toMatchObject({ code: 'not_found' });
});

test('links between guides lead to guides, links elsewhere stay, and what is not served is no link', () => {
  const here = ['connectors', 'vault'];
  expect(guideHref('../sources/vault.md', here)).toBe('/guides/sources/vault');
  expect(guideHref('postgres.md#poolers', here)).toBe('/guides/connectors/postgres#poolers');
  expect(guideHref('#gaps', here)).toBe('#gaps');
  expect(guideHref('https://openid.net/x', here)).toBe('https://openid.net/x');
  expect(guideHref('../examples/connectors/boundary.yaml', here)).toBeNull();
  expect(guideHref('../../README.md', here)).toBeNull();
  expect(guideHref('javascript:alert(1)', here)).toBeNull();
});
