import { hashPassword } from '@/lib/access/hash-password';
import { emailSchema, passwordSchema, systemCtx } from '@/lib/access/model';
import {
  countOperators,
  dropUnusedSetupLinks,
  insertOperator,
  insertSetupLink,
  lockAdministrators,
} from '@/lib/access/store';
import { record } from '@/lib/audit/record';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { env } from '@/lib/platform/env';
import { newId, newSecret, sha256Hex } from '@/lib/platform/ids';

/** Neither: operators exist. */
export interface FirstOperator {
  /** The administrator that was just created. */
  email?: string;
  /** One-time link, valid 24 hours; an earlier unused one no longer works. */
  setupUrl?: string;
}

const LINK_HOURS = 24;

/**
 * Makes sure somebody can sign in. Without any operator: creates the first administrator from BRAID_ADMIN_EMAIL and
 * BRAID_ADMIN_PASSWORD, or else returns a one-time set-up link. Called at every start; harmless when operators exist.
 */
export async function ensureFirstOperator(): Promise<FirstOperator> {
  const { BRAID_ADMIN_EMAIL, BRAID_ADMIN_PASSWORD, BRAID_URL } = env();
  const given =
    BRAID_ADMIN_EMAIL && BRAID_ADMIN_PASSWORD
      ? {
          email: emailSchema.parse(BRAID_ADMIN_EMAIL),
          passwordHash: await hashPassword(passwordSchema.parse(BRAID_ADMIN_PASSWORD)),
        }
      : undefined;
  return transaction(async (tx) => {
    await lockAdministrators(tx);
    if ((await countOperators(tx)) > 0) return {};
    const now = clock.now();
    if (given) {
      const row = { id: newId(), name: given.email.split('@')[0]!, role: 'admin' as const, ...given };
      await insertOperator(tx, row);
      const target = { type: 'operator', id: row.id, name: row.name };
      await record(tx, systemCtx('start'), {
        action: 'operator.create',
        target,
        detail: { role: 'admin', sha256: sha256Hex(row.passwordHash) },
      });
      return { email: given.email };
    }
    const token = newSecret();
    await dropUnusedSetupLinks(tx);
    const expiresAt = new Date(now.getTime() + LINK_HOURS * 3_600_000);
    await insertSetupLink(tx, { tokenHash: sha256Hex(token), createdAt: now, expiresAt });
    await record(tx, systemCtx('start'), { action: 'setup_link.create' });
    return { setupUrl: `${BRAID_URL.replace(/\/$/, '')}/setup?token=${token}` };
  });
}
