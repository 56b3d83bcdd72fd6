import { z } from 'zod';
import { listQuery } from '@/lib/http/model';

/** Longest text of a mapping, and longest sample it is tried on, characters. */
export const MAPPING_MOST = 100_000;
export const SAMPLE_MOST = 1_000_000;
/** Records of a sample that are shown. */
export const SHOWN_MOST = 50;

const text = (most: number) => z.string().max(most);
const name = z.string().regex(/^[a-z][a-z0-9-]{1,39}$/, 'must be 2 to 40 small letters, digits and dashes');
const source = z.string().min(1, 'is empty').max(MAPPING_MOST);
const reason = z.string().trim().max(500).optional();

export const mappingRowSchema = z.strictObject({
  name: text(40),
  title: text(100),
  version: z.number().int(),
  /** As it was given, YAML or JSON. */
  text: text(MAPPING_MOST),
  createdAt: text(40),
  createdBy: text(300),
  reason: text(500).nullable(),
  retiredAt: text(40).nullable(),
  retiredBy: text(300).nullable(),
  /** Batches sent under this name in the last week, of whatever version, and the latest of them. */
  batches: z.number().int(),
  lastBatchAt: text(40).nullable(),
});
export type MappingRow = z.infer<typeof mappingRowSchema>;

export const mappingNameSchema = z.strictObject({ name });
export const mappingListQuerySchema = z.strictObject({
  limit: listQuery.limit,
  cursor: text(40).optional(),
  /** Also those that were retired. */
  retired: z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')]).default(false),
});

/** Its own member `name` says what it is called. */
export const saveMappingSchema = z.strictObject({
  text: source,
  reason,
  /** The version that was looked at; another one since is a conflict. 0: it is new. Absent: whatever there is. */
  basedOn: z.number().int().min(0).max(1_000_000).optional(),
});
export type SaveMapping = z.input<typeof saveMappingSchema>;
export const updateMappingSchema = saveMappingSchema.extend({ name });
export const retireMappingSchema = z.strictObject({ name, reason });

export const tryMappingSchema = z.strictObject({ text: source, sample: z.string().max(SAMPLE_MOST) });
export type TryMapping = z.input<typeof tryMappingSchema>;

const triedSchema = z.strictObject({
  line: z.number().int(),
  /** What Braid would store of it; or why it would not. */
  event: z
    .strictObject({
      at: text(40),
      identity: text(512),
      kind: text(40),
      session: text(2048).nullable(),
      credential: text(512).nullable(),
      action: text(200),
      class: text(20),
      outcome: text(20),
      network: text(64).nullable(),
      resource: text(1024).nullable(),
    })
    .nullable(),
  reason: text(500).nullable(),
});

export const mappingTrialSchema = z.strictObject({
  /** What is wrong with the mapping itself; none: it can be used. */
  problems: z.array(text(500)).max(20),
  name: text(40).nullable(),
  records: z.number().int(),
  events: z.number().int(),
  skipped: z.number().int(),
  rejected: z.number().int(),
  identities: z.number().int(),
  sessions: z.number().int(),
  shown: z.array(triedSchema).max(SHOWN_MOST),
});
export type MappingTrial = z.infer<typeof mappingTrialSchema>;
