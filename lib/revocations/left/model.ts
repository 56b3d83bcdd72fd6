import { z } from 'zod';

const text = (max: number) => z.string().max(max);
const one = z.strictObject({
  what: text(400),
  where: text(200),
  /** ISO time at which it dies by itself; null: it does not, or nobody knows. */
  until: text(40).nullable(),
  why: text(600),
  /** A page of the console that shows it. */
  href: text(200).nullable(),
});
export type Left = z.infer<typeof one>;

/** What may still be used after a revocation or rotation, as it is now (requirement D7). */
export const leftSchema = z.strictObject({
  at: text(40),
  sessions: z.array(one).max(200),
  tokens: z.array(one).max(200),
  delegations: z.array(one).max(200),
});
export type WhatIsLeft = z.infer<typeof leftSchema>;
