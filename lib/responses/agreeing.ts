import type { Ctx } from '@/lib/access/model';
import { ROLE_PERMISSIONS, ROLES } from '@/lib/access/model';
import { madeToken, operatorsOf } from '@/lib/responses/store';

export const MAY_AGREE = ROLES.filter((role) => ROLE_PERMISSIONS[role].includes('identity.revoke'));

/** Operators who are active and may agree to what another one asks: responders and administrators. */
export const agreeing = () => operatorsOf(MAY_AGREE);

export const NOBODY_ELSE =
  'There is no other operator who may agree: add a responder or an administrator in Settings → Operators.';

/** Who made the token that asks; null: it is no token. */
export const madeBy = (actor: Ctx['actor']): Promise<string | null> =>
  actor.kind === 'token' ? madeToken(actor.id) : Promise.resolve(null);

interface Asked {
  askedById: string | null;
  askedBy: string;
}

/** How many others than whoever asks, in person or by a token they made, may agree. */
export async function mayAgreeWith(actor: Ctx['actor']): Promise<number> {
  const asker = 'id' in actor ? ((await madeBy(actor)) ?? actor.id) : null;
  return (await agreeing()).filter((one) => one.id !== asker && one.name !== asker).length;
}

/** Did whoever this is ask for it: in person, or by a token that they made? */
export async function ownAsking({ actor }: Ctx, asked: Asked): Promise<boolean> {
  if (asked.askedById === null) return asked.askedBy === actor.name;
  if ('id' in actor && asked.askedById === actor.id) return true;
  return (await madeToken(asked.askedById)) === actor.name;
}
