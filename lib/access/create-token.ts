import { authorise } from '@/lib/access/authorise';
import { tokenRow } from '@/lib/access/format';
import {
  type CreateTokenInput,
  type Ctx,
  createTokenSchema,
  may,
  SCOPE_PERMISSIONS,
  type TokenRow,
} from '@/lib/access/model';
import { insertToken, makerOf } from '@/lib/access/store';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { newId, newSecret, sha256Hex } from '@/lib/platform/ids';

const DAY_MS = 86_400_000;

/**
 * Makes an API token. `token` is returned this once and stored only as its SHA-256. A token can't make one that may do more
 * than itself, and what it makes is its maker's. Errors: `access.denied`.
 */
export async function createToken(
  ctx: Ctx,
  input: CreateTokenInput,
): Promise<{ id: string; name: string; token: string; row: TokenRow }> {
  authorise(ctx, 'token.manage');
  const { name, scopes, issuer, expiresInDays } = createTokenSchema.parse(input);
  const wanted = [...new Set(scopes)];
  if (ctx.actor.kind === 'token' && !wanted.every((scope) => SCOPE_PERMISSIONS[scope].every((p) => may(ctx.actor, p))))
    throw new BraidError('access.denied', 'A token can’t make one that may do more than itself.');
  const token = `brd_${newSecret()}`;
  const now = clock.now();
  return transaction(async (tx) => {
    const row = await insertToken(tx, {
      id: newId(),
      name,
      issuer,
      scopes: wanted,
      hash: sha256Hex(token),
      prefix: token.slice(0, 9),
      createdBy: (ctx.actor.kind === 'token' ? await makerOf(tx, ctx.actor.id) : null) ?? ctx.actor.name,
      createdAt: now,
      expiresAt: expiresInDays ? new Date(now.getTime() + expiresInDays * DAY_MS) : undefined,
    });
    const target = { type: 'token', id: row.id, name };
    const expires = row.expiresAt?.toISOString() ?? null;
    await record(tx, ctx, {
      action: 'token.create',
      target,
      detail: { scopes: wanted, issuer, expiresAt: expires, sha256: sha256Hex(token) },
    });
    await hint(tx, 'token', [row.id]);
    return { id: row.id, name, token, row: tokenRow(row, now) };
  });
}
