import { z } from 'zod';

// What a rotation made: a secret that is handed over once, to one person, when what the old one opened is over.

/** How long a new secret waits to be taken, days. After that it is destroyed, and the identity has to be rotated again. */
export const KEPT_DAYS = 7;

/**
 * `making`: its system has not been proven yet. `ready`: it can be taken. `taken`: it was handed over. `gone`: nobody took it in
 * time, or a later rotation made it worthless. `none`: the identity has no secret there that Braid could change.
 */
export const SECRET_STATES = ['making', 'ready', 'taken', 'gone', 'none'] as const;
export type SecretState = (typeof SECRET_STATES)[number];

const id = z.uuid();
const text = (most: number) => z.string().max(most);

export const newSecretSchema = z.strictObject({
  id,
  connectorId: id,
  system: text(200),
  /** What the identity is called there. */
  externalId: text(512),
  state: z.enum(SECRET_STATES),
  /** ISO time at which it is destroyed if nobody takes it; null: there is nothing to destroy. */
  until: text(40).nullable(),
  takenAt: text(40).nullable(),
  takenBy: text(200).nullable(),
});
export type NewSecret = z.infer<typeof newSecretSchema>;
export const newSecretsSchema = z.strictObject({ items: z.array(newSecretSchema).max(500) });

/** `id`: of the revocation that rotated it; `secretId`: of one of its new secrets. */
export const takeSecretSchema = z.strictObject({ id, secretId: id });
export const takenSecretSchema = z.strictObject({
  system: text(200),
  externalId: text(512),
  /** By the words of the system: `password`, `client secret`, `access key id`. */
  secret: z.record(text(100), text(20_000)),
});
export type TakenSecret = z.infer<typeof takenSecretSchema>;
