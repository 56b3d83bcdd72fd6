import { z } from 'zod';
import { sessionEventSchema } from '@/lib/sessions/model';

const text = (most: number) => z.string().max(most);
const instant = z.iso.datetime({ offset: true });

/** Events of any session, and of none. */
export const allEventsQuerySchema = z.strictObject({
  identityId: z.uuid().optional(),
  sessionId: z.uuid().optional(),
  run: text(512).optional(),
  /** Of sessions of one lane of `identityId`: its fingerprint. */
  lane: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'is not a fingerprint')
    .optional(),
  source: text(40).optional(),
  from: instant.optional(),
  to: instant.optional(),
  cursor: text(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type AllEventsQuery = z.input<typeof allEventsQuerySchema>;

/** A stored event as it stands for itself: with who, which session and what else its source told. */
export const storedEventSchema = z.strictObject({
  id: z.uuid(),
  at: text(40),
  source: text(40),
  eventId: text(512),
  identity: z.strictObject({
    id: z.uuid(),
    name: text(512),
    kind: text(40),
    issuer: text(200),
    type: text(100),
    externalId: text(2048),
  }),
  session: z
    .strictObject({
      id: z.uuid(),
      key: text(2048),
      kind: text(20),
      label: text(200),
      observedBy: text(20),
      run: text(512).nullable(),
      /** Whether this event is the one that opened or closed it, as far as its source has such. */
      phase: z.enum(['open', 'close', 'seen']),
    })
    .nullable(),
  credential: z.strictObject({ externalId: text(512), kind: text(40) }).nullable(),
  action: text(200),
  class: sessionEventSchema.shape.class,
  outcome: sessionEventSchema.shape.outcome,
  network: text(64).nullable(),
  region: text(64).nullable(),
  agent: text(200).nullable(),
  resource: text(1024).nullable(),
  /** What else its source told: lineage, bindings, scope, the life of accounts, an agent's work. */
  told: z.record(text(40), z.unknown()),
});
export type StoredEvent = z.infer<typeof storedEventSchema>;
