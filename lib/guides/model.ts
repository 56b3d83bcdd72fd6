import { z } from 'zod';

const name = z
  .string()
  .max(60)
  .regex(/^[a-z0-9][a-z0-9-]*$/);

/** Where a guide stands: `['connectors', 'postgres']` is docs/connectors/postgres.md. */
export const guideInput = z.strictObject({ path: z.array(name).min(1).max(3) });

export interface Guide {
  title: string;
  /** Markdown, its title left out. */
  text: string;
}
