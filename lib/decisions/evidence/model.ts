import { z } from 'zod';

// An evidence bundle: what was decided and why, with the proof that it stands in the log, for somebody who has no Braid.

const time = z.iso.datetime({ offset: true });

export const EVIDENCE_FORMATS = ['zip', 'tar.gz'] as const;
export type EvidenceFormat = (typeof EVIDENCE_FORMATS)[number];

/** What to prove: one decision, all of an identity, everything that moved an exposure, or a period. Times narrow any of them. */
export const evidenceQuerySchema = z
  .strictObject({
    decision: z.uuid().optional(),
    identity: z.uuid().optional(),
    exposure: z.uuid().optional(),
    from: time.optional(),
    to: time.optional(),
  })
  .refine(
    (query) => [query.decision, query.identity, query.exposure].filter(Boolean).length <= 1,
    'names more than one of decision, identity and exposure',
  )
  .refine(
    (query) => query.decision || query.identity || query.exposure || (query.from && query.to),
    'names a decision, an identity, an exposure, or a period (from and to)',
  );
export type EvidenceQuery = z.infer<typeof evidenceQuerySchema>;

/** Query of `GET /api/v1/audit/export`. */
export const exportQuerySchema = z
  .strictObject({
    format: z.enum(EVIDENCE_FORMATS).default('zip'),
    decision: z.uuid().optional(),
    identity: z.uuid().optional(),
    exposure: z.uuid().optional(),
    from: time.optional(),
    to: time.optional(),
  })
  .transform(({ format, ...query }) => ({ format, query }));

/** Most records in one bundle, and most digests of others that lie between them and a checkpoint. */
export const MAX_RECORDS = 200_000;
export const MAX_DIGESTS = 4_000_000;

/** One sealed record of the bundle; `text` is what its digest is made of. */
export interface EvidenceRecord {
  kind: 'decision' | 'entry' | 'audit';
  writer: string;
  seq: string;
  text: string;
}

/** A stretch of a chain from the record before the first proven one to a head that a checkpoint signed. */
export interface EvidenceProof {
  writer: string;
  from: string;
  to: string;
  /** Hash of the record before `from`, hex. */
  previous: string;
  /** Digests of the texts from `from` to `to`, 32 bytes each, base64. */
  digests: string;
  /** The checkpoint whose root holds the head at `to`, and the way there. */
  checkpoint: string;
  path: { side: 'left' | 'right'; hash: string }[];
}

export interface EvidenceSummary {
  records: number;
  decisions: number;
  ledgerEntries: number;
  auditEntries: number;
  checkpoints: number;
  /** Name of the file or folder. */
  name: string;
}
