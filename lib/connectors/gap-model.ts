/** The fourteen known ways in which "revoked" is not revoked. Data: each is a badge, and a behaviour the simulator can take on. */
export const GAP_IDS = [
  'G1',
  'G2',
  'G3',
  'G4',
  'G5',
  'G6',
  'G7',
  'G8',
  'G9',
  'G10',
  'G11',
  'G12',
  'G13',
  'G14',
] as const;
export type GapId = (typeof GAP_IDS)[number];

export interface Gap {
  title: string;
  why: string;
  seenAt: string[];
  /** What a truthful connector reports while it lasts. Never `verified`. */
  reads: 'residual' | 'accepted' | 'unverifiable' | 'failed';
}

export const GAPS: Record<GapId, Gap> = {
  G1: {
    title: 'Refresh token mints after termination',
    why: 'The session is gone, its refresh token is not: it still obtains access tokens.',
    seenAt: ['Zitadel'],
    reads: 'residual',
  },
  G2: {
    title: 'Self-contained token valid to its end',
    why: 'Verified offline by its receivers, so nobody asks whether it was revoked.',
    seenAt: ['Keycloak', 'Okta'],
    reads: 'residual',
  },
  G3: {
    title: 'An endpoint ignores revocation',
    why: 'One endpoint of the system still accepts the revoked token.',
    seenAt: ['Keycloak'],
    reads: 'residual',
  },
  G4: {
    title: 'Revocation queued',
    why: 'The system answered before it acted, and has not acted yet.',
    seenAt: ['Vault', 'Boundary', 'GitHub'],
    reads: 'accepted',
  },
  G5: {
    title: 'Eventual consistency',
    why: 'In the seconds before the block holds everywhere the identity undoes it.',
    seenAt: ['AWS'],
    reads: 'failed',
  },
  G6: {
    title: 'An open stream survives',
    why: 'Authentication happened when the stream was opened; it is not asked again.',
    seenAt: ['Kubernetes', 'Omni', 'Redis', 'MySQL'],
    reads: 'residual',
  },
  G7: {
    title: 'A second verifier caches',
    why: 'Another verifier keeps its earlier answer until its cache expires.',
    seenAt: ['kubelet', 'gateways'],
    reads: 'residual',
  },
  G8: {
    title: 'A derived credential outlives its parent',
    why: 'It was made from the revoked credential and lives by its own lifetime.',
    seenAt: ['AWS', 'GitHub', 'Vault', 'Teleport'],
    reads: 'residual',
  },
  G9: {
    title: 'A token class that can’t be listed',
    why: 'Such tokens may exist; the system has no way to list or test them.',
    seenAt: ['Vault', 'AWS', 'OAuth client credentials'],
    reads: 'unverifiable',
  },
  G10: {
    title: 'Role-wide blast radius',
    why: 'The system ends access by role only; others who use it were hit too.',
    seenAt: ['AWS', 'Kubernetes'],
    reads: 'residual',
  },
  G11: {
    title: 'This kind is not covered by the switch',
    why: 'The system’s off switch does not apply to identities of this kind.',
    seenAt: ['Gram'],
    reads: 'failed',
  },
  G12: {
    title: 'Automatic revocation forgets a step',
    why: 'The flag was set, the marker that tokens are checked against was not.',
    seenAt: ['Infisical'],
    reads: 'residual',
  },
  G13: {
    title: 'Rotation grace keeps the old secret',
    why: 'The rotated secret stays valid for a while beside the new one.',
    seenAt: ['Keycloak', 'dual-secret vaults'],
    reads: 'residual',
  },
  G14: {
    title: 'Orphan companion account',
    why: 'A second account was made with the identity and is not disabled with it.',
    seenAt: ['Entra'],
    reads: 'residual',
  },
};
