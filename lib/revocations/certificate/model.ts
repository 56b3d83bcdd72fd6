import type { BlastRadius, InFlight, RevocationRow, RevocationState, StepRow } from '@/lib/revocations/model';

/** What a certificate says. Signed as RFC 8785 text. Times ISO 8601, UTC; durations in milliseconds. */
export interface Certificate {
  /** Of the revocation. */
  id: string;
  kind: string;
  drill: boolean;
  /** One sentence; of an unfinished one it says so. */
  says: string;
  /** When it was written: everything is as of then. */
  asOf: string;
  /** false: something may still change. */
  final: boolean;
  state: RevocationState;
  identity: { id: string; name: string; state: string };
  sessions: string[];
  actor: { kind: string; id: string | null; name: string };
  reasonCode: string;
  reason: string;
  times: {
    requested: string;
    effective: string | null;
    verified: string | null;
    watchedUntil: string | null;
    /** Where it was asked for at once with others: when. What it took counts from here. */
    clicked?: string;
    /** Where access came back and was ended again: when that was asked for. What it took to the proof counts from here. */
    endedAgain?: string;
    requestedToEffectiveMs: number | null;
    requestedToVerifiedMs: number | null;
  };
  /** Every state the whole came to, with when: the least finished of its steps. Not in `v1`. */
  history: RevocationRow['history'];
  /** Each with every state it came to, with when; `v1` has no history of them. */
  steps: Omit<StepRow, 'id'>[];
  /** Allows that were committed while the change was under way. */
  inFlight: InFlight[];
  /** As shown before the click. */
  blastRadius: BlastRadius | null;
  undoneBy: string | null;
  /** The entry of the audit log that asked for it, and its place in the log's chain once it is sealed. */
  audit: {
    id: string;
    at: string;
    action: string;
    digest: string;
    sealed: { writer: string; seq: string; hash: string } | null;
  } | null;
  /** The newest signed checkpoint of the log. */
  checkpoint: { seq: string; text: string } | null;
  /** SHA-256, hex, of the RFC 8785 text of these parts. */
  digests: { history: string; steps: string; inFlight: string; blastRadius: string };
  /** Name of the key that signs, and where this Braid is. */
  issuer: { key: string; url: string };
}

/** The file: RFC 8785 text of this and a line feed. */
export interface SignedCertificate {
  format: 'braid.revocation.v2';
  certificate: Certificate;
  /** SPKI, base64. */
  publicKey: string;
  /** Ed25519 of the certificate's RFC 8785 text, base64. */
  signature: string;
}
