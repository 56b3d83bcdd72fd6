import { z } from 'zod';

const text = (max: number) => z.string().max(max);
const whose = { identityId: z.uuid(), name: text(512), state: text(20), protected: z.boolean() };
/** What ends it; an identity as its buttons take it. */
const actSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('terminate'), sessionId: z.uuid(), label: text(200), identityName: text(512) }),
  z.strictObject({ kind: z.literal('take_back'), consentId: z.uuid(), identityId: z.uuid() }),
  z.strictObject({ kind: z.literal('rotate'), ...whose }),
  z.strictObject({ kind: z.literal('revoke'), ...whose }),
]);
export type LeftAct = z.infer<typeof actSchema>;

const one = z.strictObject({
  what: text(400),
  where: text(200),
  /** ISO time at which it dies by itself; null: it does not, or nobody knows. */
  until: text(40).nullable(),
  why: text(600),
  /** A page of the console that shows it. */
  href: text(200).nullable(),
  /** null: nothing in Braid ends it: it was ended as far as it can be, or has to run out. */
  act: actSchema.nullable(),
});
export type Left = z.infer<typeof one>;

const lists = {
  sessions: z.array(one).max(200),
  tokens: z.array(one).max(200),
  delegations: z.array(one).max(200),
};
export type LeftLists = z.infer<z.ZodObject<typeof lists>>;

/** What may still be used after a revocation or rotation, as it is now (requirement D7). */
export const leftSchema = z.strictObject({
  at: text(40),
  /** Of what it was about: the sessions it was to end, their credentials, what acts under them; of an identity: everything. */
  ...lists,
  /** What else the identity has open: this revocation was never about it. */
  beside: z.strictObject(lists),
});
export type WhatIsLeft = z.infer<typeof leftSchema>;
