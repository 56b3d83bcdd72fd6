import { type OperatorRow, operatorRowSchema, type TokenRow, tokenRowSchema } from '@/lib/access/model';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

interface StoredOperator {
  id: string;
  email: string;
  name: string;
  role: string;
  state: string;
  createdAt: Date;
  lastSignInAt: Date | null;
}

/** A stored operator as it is shown: never with its password's hash. */
export const operatorRow = (row: StoredOperator): OperatorRow =>
  operatorRowSchema.parse({ ...row, createdAt: iso(row.createdAt), lastSignInAt: iso(row.lastSignInAt) });

interface StoredToken {
  id: string;
  name: string;
  issuer: string;
  scopes: string[];
  prefix: string;
  createdAt: Date;
  createdBy: string;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
  mode: string;
  staleSecs: number | null;
  settleAfterSecs: number | null;
}

/** A stored API token as it is shown at `now`: never with its hash. */
export const tokenRow = (row: StoredToken, now: Date): TokenRow =>
  tokenRowSchema.parse({
    ...row,
    state: row.revokedAt ? 'revoked' : row.expiresAt && row.expiresAt <= now ? 'expired' : 'active',
    createdAt: iso(row.createdAt),
    lastUsedAt: iso(row.lastUsedAt),
    expiresAt: iso(row.expiresAt),
    revokedAt: iso(row.revokedAt),
  });
