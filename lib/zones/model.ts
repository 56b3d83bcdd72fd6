import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';

/** An address, or a network in CIDR notation; null: it is none. An address is a network of one. */
export function readCidr(text: string): { address: string; prefix: number; family: 'ipv4' | 'ipv6' } | null {
  const [address = '', bits] = text.trim().split('/');
  const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : null;
  if (!family || text.trim().split('/').length > 2) return null;
  const most = family === 'ipv4' ? 32 : 128;
  if (bits === undefined) return { address, prefix: most, family };
  return /^\d{1,3}$/.test(bits) && Number(bits) <= most ? { address, prefix: Number(bits), family } : null;
}

const text = (most: number) => z.string().max(most);
const id = z.uuid();
const name = z.string().trim().min(1, 'needs a name').max(100);
const network = z
  .string()
  .trim()
  .min(1)
  .max(50)
  .refine((given) => readCidr(given) !== null, {
    error: ({ input }) => `${String(input)} is neither an address nor a network like 10.0.0.0/8`,
  });
const region = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^[\w.-]+$/, 'is no country code or region');

const content = {
  name,
  purpose: z.string().trim().max(500).default(''),
  networks: z.array(network).max(500).default([]),
  /** Countries by their ISO code, or regions as a source names them. */
  regions: z.array(region).max(100).default([]),
};
const holdsSomething = (zone: { networks: string[]; regions: string[] }) =>
  zone.networks.length + zone.regions.length > 0;
const needed = { message: 'needs at least one network or region', path: ['networks'] };

export const createZoneSchema = z.strictObject(content).refine(holdsSomething, needed);
export type CreateZone = z.input<typeof createZoneSchema>;
export const updateZoneSchema = z.strictObject({ id, ...content }).refine(holdsSomething, needed);
export type UpdateZone = z.input<typeof updateZoneSchema>;
export const zoneBodySchema = z.strictObject(content);
export const removeZoneSchema = z.strictObject({ id, reason: z.string().trim().max(500).optional() });
export const zoneIdSchema = z.strictObject({ id });

export const zoneRowSchema = z.strictObject({
  id,
  name: text(100),
  purpose: text(500).nullable(),
  networks: z.array(text(50)).max(500),
  regions: z.array(text(64)).max(100),
  updatedAt: text(40),
  updatedBy: text(300),
  /** Sessions that live now and came from it. */
  liveSessions: z.number().int(),
});
export type ZoneRow = z.infer<typeof zoneRowSchema>;

export const zoneListSchema = z.strictObject({
  items: z.array(zoneRowSchema).max(200),
  nextCursor: z.null(),
  /** Sessions that live now and came from an address in no zone. */
  outside: z.number().int(),
});
export type ZoneList = z.infer<typeof zoneListSchema>;

/** What makes up a zone, and nothing about it. */
export interface ZoneShape {
  name: string;
  networks: readonly string[];
  regions: readonly string[];
}
