import type { FormField } from '@/lib/connectors/model';

/** The fields of the connect form that many connectors share. */

export const LINK_FIELD: FormField = {
  name: 'linkByName',
  label: 'Same name at the decision point',
  secret: false,
  required: false,
  options: [
    { value: 'true', label: 'is the same identity' },
    { value: 'false', label: 'is another identity' },
  ],
};

/** How often it is asked: "List tokens every (ms)". `ms`: where nothing is said. */
export const pollField = (what: string, ms: number, help?: string): FormField => ({
  name: 'pollMs',
  label: `${what} every (ms)`,
  secret: false,
  placeholder: String(ms),
  ...(help ? { help } : {}),
  required: false,
});

export const FOLLOW_FORM: FormField[] = [
  pollField('List sessions', 1_000, 'Connections shorter than this can be missed.'),
  LINK_FIELD,
];

/** Whether a private address is meant; read by `saysYes`. */
export const NETWORK_FIELD: FormField = {
  name: 'ownNetwork',
  label: 'Network',
  secret: false,
  help: 'A private or loopback address is called only where it is said to be your own. Metadata services never are.',
  required: false,
  options: [
    { value: 'no', label: 'It has a public address' },
    { value: 'yes', label: 'It is in our own network' },
  ],
};

/** What a form's yes says, and `true` as callers of the API write it. */
export const saysYes = (value: unknown): boolean => value === 'yes' || value === 'true' || value === true;

/** A login held of an identity nothing depends on: the proof that a block holds, and what drills are held with. */
export const CANARY_FORM: FormField[] = [
  {
    name: 'canary',
    label: 'Canary',
    secret: false,
    placeholder: 'braid_canary',
    help: 'An identity nothing depends on. Drills end it, and a login with its password is tried as proof.',
    required: false,
  },
  { name: 'canaryPassword', label: 'Password of the canary', secret: true, required: false },
];

export const CA_FIELD: FormField = {
  name: 'ca',
  label: 'Authority of its certificate (PEM)',
  secret: false,
  help: 'Empty: the public authorities are trusted.',
  multiline: true,
  required: false,
};

/** From the weakest to the strongest. */
export const TLS_MODES = ['disable', 'require', 'verify-full'] as const;
export type TlsMode = (typeof TLS_MODES)[number];

export const TLS_FIELD: FormField = {
  name: 'tls',
  label: 'TLS',
  secret: false,
  required: false,
  options: [
    { value: '', label: 'Check the certificate; on this machine: no TLS' },
    { value: 'verify-full', label: 'Require TLS and check the certificate' },
    { value: 'require', label: 'Require TLS, whoever answers' },
    { value: 'disable', label: 'No TLS' },
  ],
};

/** Fields that were filled in. */
export const given = (values: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== ''));

/** What is left of the form once some of its fields are taken out; `linkByName` as what it means. */
export function sort(
  values: Record<string, string>,
  secret: readonly string[],
): { config: Record<string, string | boolean>; secrets: Record<string, string> } {
  const all = given(values);
  const secrets = Object.fromEntries(Object.entries(all).filter(([name]) => secret.includes(name)));
  const config = Object.fromEntries(Object.entries(all).filter(([name]) => !secret.includes(name)));
  return { config: { ...config, linkByName: all.linkByName !== 'false' }, secrets };
}
