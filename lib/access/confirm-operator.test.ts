import { expect, test } from 'vitest';
import { confirmOperator } from '@/lib/access/confirm-operator';
import { createOperator } from '@/lib/access/create-operator';
import { findOperatorSession } from '@/lib/access/find-operator-session';
import { systemCtx } from '@/lib/access/model';
import { signIn } from '@/lib/access/sign-in';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';

testDatabase();

test('a sign-in of ten minutes ago is asked for the password again, once', async () => {
  const password = 'correct horse battery';
  const email = 'ada@braid.example';
  await createOperator(systemCtx('test'), { email, name: 'Ada', role: 'admin', password });
  const ctx = (await findOperatorSession(await signIn({ input: { email, password }, ip: '127.0.0.1' })))!;
  await confirmOperator(ctx, undefined);
  const createdAt = new Date(Date.now() - 11 * 60_000);
  await prisma().operatorSession.update({ where: { id: ctx.sessionId }, data: { createdAt } });
  await expect(confirmOperator(ctx, undefined)).rejects.toMatchObject({ code: 'access.confirm' });
  await expect(confirmOperator(ctx, 'not this one at all')).rejects.toMatchObject({ code: 'access.confirm' });
  await confirmOperator(ctx, password);
  await confirmOperator(ctx, undefined);
  const other = (await findOperatorSession(await signIn({ input: { email, password }, ip: '127.0.0.1' })))!;
  await prisma().operatorSession.update({ where: { id: other.sessionId }, data: { createdAt } });
  await expect(confirmOperator(other, undefined)).rejects.toMatchObject({ code: 'access.confirm' });
  await prisma().operatorSession.update({ where: { id: other.sessionId }, data: { endedAt: new Date(Date.now()) } });
  await expect(confirmOperator(other, password)).rejects.toMatchObject({ code: 'access.unauthenticated' });
});
