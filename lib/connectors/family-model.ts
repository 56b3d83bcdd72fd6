/** Families of systems, in the order they are offered. */
export const FAMILIES = {
  databases: 'Databases and queues',
  identity: 'Identity providers',
  clouds: 'Clouds and clusters',
  secrets: 'Secrets',
  code: 'Code',
  other: 'Anything else',
  braid: 'Inside Braid',
} as const;
export type Family = keyof typeof FAMILIES;
