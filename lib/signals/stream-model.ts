import { z } from 'zod';
import { subjectSchema } from '@/lib/signals/subject-model';

// The stream management API of SSF 1.0 section 8, as a receiver speaks it. Members a receiver may not know are ignored there
// as here, so objects are read loosely and written exactly.

export const PUSH = 'urn:ietf:rfc:8935';
export const POLL = 'urn:ietf:rfc:8936';
/** Names of drafts that receivers still use. */
const METHODS: Record<string, 'push' | 'poll'> = {
  [PUSH]: 'push',
  [POLL]: 'poll',
  'https://schemas.openid.net/secevent/risc/delivery-method/push': 'push',
  'https://schemas.openid.net/secevent/risc/delivery-method/poll': 'poll',
};

export const SCOPES = ['ssf.read', 'ssf.manage'] as const;
export type SsfScope = (typeof SCOPES)[number];

export const STATUSES = ['enabled', 'paused', 'disabled'] as const;
export type StreamStatus = (typeof STATUSES)[number];

/** Seconds between two verification events a receiver may ask for. */
export const VERIFY_SECS = 30;
/** Seconds without a sign of its receiver after which a stream is paused: four weeks. */
export const INACTIVITY_SECS = 2_419_200;
/** Seconds an access token is good for; the interoperability profile allows an hour. */
export const TOKEN_SECS = 3_600;

const header = z
  .string()
  .max(4000)
  .regex(/^[\x20-\x7e]*$/, 'is not a header value');

const deliverySchema = z
  .looseObject({
    method: z.string().max(200),
    endpoint_url: z.string().max(2000).optional(),
    authorization_header: header.optional(),
  })
  .transform((given, check) => {
    const method = METHODS[given.method];
    if (!method) {
      check.addIssue({ code: 'custom', path: ['method'], message: 'is not supported' });
      return z.NEVER;
    }
    if (method === 'poll') return { method, endpointUrl: null, header: null };
    const url = z.url({ protocol: /^https?$/ }).safeParse(given.endpoint_url);
    if (!url.success) {
      check.addIssue({ code: 'custom', path: ['endpoint_url'], message: 'is not a web address' });
      return z.NEVER;
    }
    return { method, endpointUrl: url.data, header: given.authorization_header ?? null };
  });
export type Delivery = z.output<typeof deliverySchema>;

const events = z.array(z.string().min(1).max(300)).max(50);
const streamId = z.string().min(1).max(100);

/** What a receiver says of a stream, and what of its transmitter it may repeat: that has to be right. */
const said = {
  delivery: deliverySchema,
  events_requested: events,
  description: z.string().max(500),
};
const repeated = {
  iss: z.string().max(2000).optional(),
  aud: z.union([z.string().max(2000), z.array(z.string().max(2000)).max(20)]).optional(),
  events_supported: events.optional(),
  events_delivered: events.optional(),
  min_verification_interval: z.number().optional(),
  inactivity_timeout: z.number().optional(),
};

export const createStreamSchema = z.looseObject({
  delivery: said.delivery.optional(),
  events_requested: said.events_requested.optional(),
  description: said.description.optional(),
});
export type CreateStream = z.output<typeof createStreamSchema>;

export const changeStreamSchema = z.looseObject({
  stream_id: streamId,
  delivery: said.delivery.optional(),
  events_requested: said.events_requested.optional(),
  description: said.description.nullable().optional(),
  ...repeated,
});
export type ChangeStream = z.output<typeof changeStreamSchema>;

export const statusSchema = z.looseObject({
  stream_id: streamId,
  status: z.enum(STATUSES),
  reason: z.string().max(500).optional(),
});
export const subjectCallSchema = z.looseObject({
  stream_id: streamId,
  subject: subjectSchema,
  verified: z.boolean().optional(),
});
export const verifyCallSchema = z.looseObject({ stream_id: streamId, state: z.string().max(2000).optional() });

/** RFC 8936. A poll that asks for no event only acknowledges. */
export const pollSchema = z.looseObject({
  maxEvents: z.number().int().min(0).max(10_000).default(100),
  returnImmediately: z.boolean().default(false),
  ack: z.array(z.string().max(200)).max(10_000).default([]),
  setErrs: z
    .record(
      z.string().max(200),
      z.looseObject({ err: z.string().max(200), description: z.string().max(2000).optional() }),
    )
    .default({}),
});
export type Poll = z.output<typeof pollSchema>;

/** Codes of the IANA registry of SET errors, and SSF's own. */
export const SET_ERRORS = [
  'invalid_request',
  'invalid_key',
  'invalid_issuer',
  'invalid_audience',
  'authentication_failed',
  'access_denied',
  'invalid_state',
] as const;
export type SetError = (typeof SET_ERRORS)[number];
