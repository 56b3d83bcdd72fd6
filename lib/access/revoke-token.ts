import { authorise } from '@/lib/access/authorise';
import { tokenRow } from '@/lib/access/format';
import { type Ctx, type RevokeTokenInput, revokeTokenSchema, type TokenRow } from '@/lib/access/model';
import { findToken, markTokenRevoked } from '@/lib/access/store';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/** Revokes an API token; it binds everywhere within a second. Again: nothing more happens. Errors: `access.denied`, `not_found`. */
export async function revokeToken(ctx: Ctx, input: RevokeTokenInput): Promise<TokenRow> {
  authorise(ctx, 'token.manage');
  const { id, reason } = revokeTokenSchema.parse(input);
  const now = clock.now();
  return transaction(async (tx) => {
    const before = await findToken(tx, id);
    if (!before) throw new BraidError('not_found', 'There is no such token.');
    if (before.revokedAt) return tokenRow(before, now);
    const after = await markTokenRevoked(tx, id, now);
    const target = { type: 'token', id, name: after.name };
    await record(tx, ctx, { action: 'token.revoke', target, reason: reason || undefined });
    await hint(tx, 'token', [id]);
    return tokenRow(after, now);
  });
}
