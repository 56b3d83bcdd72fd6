import { z } from 'zod';

/** What a finding's evidence has done, or is made to do: data changed, taken, or work kept from going on. */
export const IMPACTS = ['change', 'exfiltration', 'disruption'] as const;
export const impactSchema = z.enum(IMPACTS);
export type Impact = (typeof IMPACTS)[number];
