import type { Certificate } from '@/lib/revocations/certificate/model';

/** RFC 8785 text of a JSON value. */
export declare function canonicalText(value: unknown): string;
/** SHA-256, hex, of the RFC 8785 text of a JSON value. */
export declare function digestOf(value: unknown): string;
/** Never throws for a text; throws for a `pem` that is no public key. */
export declare function verifyCertificate(
  text: string,
  pem?: string,
): { ok: boolean; problems: string[]; keyCompared: boolean; certificate?: Certificate };
