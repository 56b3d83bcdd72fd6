import { z } from 'zod';

// What else belongs to an incident beside the identity it is about: other identities, sessions, and the workloads they ran in.

export const OBJECT_KINDS = {
  identity: 'Identity',
  session: 'Session',
  runtime: 'Runtime',
  host: 'Host',
  pod: 'Pod',
  run: 'Pipeline run',
} as const;
export type ObjectKind = keyof typeof OBJECT_KINDS;
const kinds = Object.keys(OBJECT_KINDS) as [ObjectKind, ...ObjectKind[]];

/** `involved`: what lives of it has to end before the sessions of the incident are over. `context`: it was seen there. */
export const OBJECT_ROLES = { involved: 'Involved', context: 'Seen there' } as const;
const roles = Object.keys(OBJECT_ROLES) as [keyof typeof OBJECT_ROLES];
export type ObjectRole = keyof typeof OBJECT_ROLES;

const id = z.uuid();
const text = (most: number) => z.string().max(most);
const why = z.string().trim().min(3, 'needs at least 3 characters').max(500);

const link = {
  kind: z.enum(kinds),
  /** The id of an identity or session; the name of a workload as its sessions tell it. */
  ref: z.string().trim().min(1, 'is missing').max(512),
  role: z.enum(roles).default('involved'),
  reason: why,
};
export const linkSchema = z.strictObject({ id, ...link });
export const linkBodySchema = z.strictObject(link);
export const unlinkSchema = z.strictObject({ id, objectId: id, reason: why });
export const unlinkBodySchema = z.strictObject({ reason: why });
export const objectRefSchema = z.strictObject({ id, objectId: id });
export const linkedSchema = z.strictObject({ id, objectId: id });

export const objectSchema = z.strictObject({
  id,
  kind: z.enum(kinds),
  ref: text(512),
  name: text(512),
  role: z.enum(roles),
  reason: text(500),
  linkedAt: text(40),
  linkedBy: text(200),
  /** Sessions of it that are live now. */
  live: z.number().int(),
  /** null: it belongs to the case. */
  removedAt: text(40).nullable(),
  removedBy: text(200).nullable(),
  removedReason: text(500).nullable(),
});
export type CaseObject = z.infer<typeof objectSchema>;
