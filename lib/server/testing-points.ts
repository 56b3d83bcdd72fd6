// A decision point with enforcement points of every mode, one limit, and an account that nobody has used before.
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { PointMode } from '@/lib/access/model';
import { setPoint } from '@/lib/access/set-point';
import { Braid } from '@/lib/client/generated/client.mjs';
import { newId, newSecret } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';
import { addToken, admin, endAll, type Pdp, startProcess } from '@/lib/server/testing-pdp';

const POLICY = `
set: blind
default: allow
meters:
  paid: { sum: context.amount, unit: EUR, scale: 2, per: resource.id, over: 24h, on: action.name == "payment.create" }
rules:
  - { id: cap, limit: { meter: paid, max: 1000 } }
`;

const tokens = new WeakMap<Braid, string>();
export const tokenOf = (braid: Braid): string => tokens.get(braid)!;

interface Points {
  pdp: Pdp;
  terminal: Braid;
  online: Braid;
  legacy: Braid;
  cached: Braid;
  account: string;
}

export const now = {} as Points;

export async function pointOf(
  mode: PointMode,
  more: { staleSecs?: number; settleAfterSecs?: number } = {},
): Promise<Braid> {
  const [id, token] = [newId(), `brd_${newSecret(24)}`];
  await addToken(id, token, ['decide']);
  await setPoint(admin, { id, mode, ...more });
  const braid = new Braid({ url: now.pdp.url, token });
  tokens.set(braid, token);
  return braid;
}

/** `now` is filled before the first test. */
export function pointsOn(db: { url: string }): void {
  let n = 0;
  beforeAll(async () => {
    await apply(admin, { source: POLICY });
    now.pdp = await startProcess(db.url);
    now.terminal = await pointOf('offline');
    now.online = await pointOf('online', { settleAfterSecs: 3_600 });
    now.legacy = await pointOf('legacy');
    now.cached = await pointOf('bounded', { staleSecs: 30 });
  }, 60_000);
  afterAll(endAll);
  beforeEach(() => {
    now.account = `acct-${++n}`;
  });
}

export const pay = (amount: number) => ({
  subject: { type: 'service_account', id: 'svc-terminal' },
  action: { name: 'payment.create' },
  resource: { type: 'account', id: now.account },
  context: { amount },
});

/** What the account's exposure stands at: settled and held, minor units. */
export const standing = async () => {
  const [one] = await now.online.exposure({ meter: 'paid', scope: 'account', key: now.account });
  return one ? [one.settled, one.held] : ['0', '0'];
};
