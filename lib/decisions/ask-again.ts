import { z } from 'zod';
import type { Ctx } from '@/lib/access/model';
import { becauseSchema } from '@/lib/decisions/again-model';
import { type AskedAgain, askEachAgain } from '@/lib/decisions/ask-each-again';

export const askAgainSchema = z.strictObject({ identityId: z.uuid(), because: becauseSchema.default('request') });
export type AskAgainInput = z.input<typeof askAgainSchema>;

/** Asks again for one identity, as `askEachAgain` does for many. Errors: `access.denied`. */
export async function askAgain(ctx: Ctx, input: AskAgainInput): Promise<AskedAgain> {
  const { identityId, because } = askAgainSchema.parse(input);
  const [asked] = await askEachAgain(ctx, [identityId], because);
  return asked!;
}
