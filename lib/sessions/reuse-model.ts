import { z } from 'zod';

const text = (most: number) => z.string().max(most);

/** Who was seen with a credential: one identity, by one client program, at one system. */
export const useSchema = z.strictObject({
  identityId: z.uuid(),
  identityName: text(512),
  /** Family of the client program; null: its log names none. */
  tool: text(200).nullable(),
  /** Word of the system whose log told. */
  source: text(40),
  sessions: z.number().int(),
  live: z.number().int(),
  networks: z.number().int(),
  lastAt: z.iso.datetime(),
});
export type Use = z.infer<typeof useSchema>;

export const reusedSchema = z.strictObject({
  /** As its sessions name it; never the secret. */
  key: text(512),
  /** More than one identity, client program or system was seen with it. */
  reused: z.boolean(),
  identities: z.number().int(),
  tools: z.number().int(),
  systems: z.number().int(),
  networks: z.number().int(),
  sessions: z.number().int(),
  live: z.number().int(),
  lastAt: z.iso.datetime(),
  /** What its sessions may do between them: each approved scope, once. */
  scopes: z.array(text(1000)),
  /** The busiest first. */
  uses: z.array(useSchema),
});
export type Reused = z.infer<typeof reusedSchema>;

/** Days looked back. */
export const REUSE_DAYS = 30;
/** Credentials told, those used last; uses and scopes told of each. */
export const KEYS_MOST = 20;
export const USES_MOST = 30;
export const SCOPES_MOST = 30;

export const reuseSchema = z.strictObject({
  since: z.iso.datetime(),
  items: z.array(reusedSchema).max(KEYS_MOST),
});
export type Reuse = z.infer<typeof reuseSchema>;
