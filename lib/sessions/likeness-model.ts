import { z } from 'zod';

const text = (most: number) => z.string().max(most);

/** What a session did, as far as it tells one run from another. Times in ms. */
export interface Course {
  id: string;
  label: string;
  agent: string | null;
  network: string | null;
  /** In order; what is compared is at most ACTS_MOST of them. */
  actions: string[];
  times: number[];
}

export const ACTS_MOST = 200;
/** Fewer say nothing about what kind of run it is. */
export const ACTS_LEAST = 3;
/** Earlier sessions it is compared to, the newest. */
export const EARLIER_MOST = 60;
/** From here on it is called the same kind of run. */
export const ALIKE_FROM = 0.85;

export const TRAITS = ['actions', 'order', 'agent', 'place', 'pace'] as const;
export type Trait = (typeof TRAITS)[number];

export const likenessSchema = z.strictObject({
  /** How many of its acts were compared, and to how many earlier sessions of its identity. */
  acts: z.number().int(),
  earlier: z.number().int(),
  /** How many of them it is like. */
  alike: z.number().int(),
  /** The one it is most like; null: there is nothing to compare. */
  nearest: z
    .strictObject({
      id: z.uuid(),
      label: text(200),
      /** 0 (nothing in common) to 1 (the same), over all traits that both have. */
      likeness: z.number().min(0).max(1),
      traits: z.array(z.strictObject({ trait: z.enum(TRAITS), likeness: z.number().min(0).max(1) })).max(TRAITS.length),
    })
    .nullable(),
  /** What it did that none of the earlier ones did. */
  unseen: z.array(text(200)).max(20),
});
export type Likeness = z.infer<typeof likenessSchema>;
