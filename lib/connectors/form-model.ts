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

export const FOLLOW_FORM: FormField[] = [
  {
    name: 'pollMs',
    label: 'List sessions every (ms)',
    secret: false,
    placeholder: '1000',
    help: 'Connections shorter than this can be missed.',
    required: false,
  },
  LINK_FIELD,
];

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
    { value: 'disable', label: 'No TLS' },
    { value: 'require', label: 'Require TLS' },
    { value: 'verify-full', label: 'Require TLS and check the certificate' },
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
