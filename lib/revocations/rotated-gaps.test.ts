// Each of the fourteen gaps under a rotation: none reads verified while it lasts, and nobody is given a secret too early.
import { expect, test } from 'vitest';
import { GAP_IDS, GAPS } from '@/lib/connectors/gap-model';
import { testDatabase } from '@/lib/db/testing';
import { listSecrets } from '@/lib/revocations/list-secrets';
import { show } from '@/lib/revocations/show';
import { takeSecret } from '@/lib/revocations/take-secret';
import { ctx, rotate, subjectWith, until } from '@/lib/revocations/testing-rotated';

testDatabase();

test.each(GAP_IDS)('%s: a rotation never reads verified while it lasts', async (gap) => {
  const subject = await subjectWith([gap]);
  const id = await rotate(subject);
  expect(await until(id, [GAPS[gap].reads, 'verified'])).toBe(GAPS[gap].reads);
  const left = (await show(ctx, { id })).steps.flatMap((step) => step.residuals);
  if (GAPS[gap].reads === 'residual') expect(left).toMatchObject([{ gap, why: GAPS[gap].why }]);
  const [one] = (await listSecrets(ctx, { id })).items;
  // Nobody is given a secret while the old one, or what it opened, is not known to be over.
  const held = GAPS[gap].reads === 'accepted' || GAPS[gap].reads === 'failed';
  expect(one?.state).toBe(held ? 'making' : 'ready');
  if (held) await expect(takeSecret(ctx, { id, secretId: one!.id })).rejects.toMatchObject({ code: 'conflict' });
});
