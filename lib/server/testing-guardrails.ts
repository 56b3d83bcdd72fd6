// For tests only: guardrails as they are before anybody set any, whatever two would have to agree to.
import { prisma } from '@/lib/db/client';

export async function asUsual(): Promise<void> {
  await prisma().setting.deleteMany({ where: { key: 'guardrails' } });
}
