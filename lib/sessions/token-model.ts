import { hash } from 'node:crypto';

/** What raw secrets look like. A text that holds one of these is never stored. */
const SECRET = new RegExp(
  [
    // JWT, JWE. The header ends where another may begin, so that no letter is looked at twice: a text of nothing but beginnings is long.
    String.raw`\beyJ(?:(?!\beyJ)[\w-]){8,}\.[\w-]{8,}(?:\.[\w-]*){0,3}`,
    String.raw`\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,})`,
    String.raw`\bglpat-[\w-]{16,}`,
    String.raw`\bxox[abeoprs]-[\w-]{10,}`,
    String.raw`\b(?:hv[bsr]|s|b|r)\.[A-Za-z0-9_-]{20,}`, // Vault and OpenBao tokens
    String.raw`\bsk-[\w-]{20,}`,
    String.raw`\bAIza[\w-]{30,}`,
    String.raw`\bya29\.[\w.-]{20,}`,
    String.raw`\bnpm_\w{30,}`,
    String.raw`-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*`,
    String.raw`(?<=\b[Bb]earer\s)\s*[\w.~+/-]{16,}=*`,
    String.raw`(?<=\b[Bb]asic\s)\s*[\w+/-]{16,}=*`,
    String.raw`(?<=://[^\s/:@]{1,200}:)(?!\[secret )[^\s/@]{1,200}(?=@)`, // password in an address
    String.raw`(?<=(?:password|passwd|pwd|secret|client_secret|access_token|refresh_token|id_token|api[_-]?key|code|assertion|token)=)(?!\[secret )[^\s&;,"']{4,}`,
  ].join('|'),
  'gi',
);
/** Cheap look before the dear one: none of these words, no secret. */
const MAYBE =
  /eyJ|gh[pousr]_|github_pat_|glpat-|xox|hv[bsr]\.|\b[sbr]\.|sk-|AIza|ya29|npm_|PRIVATE KEY|bearer\s|basic\s|:\/\/|(?:pass|pwd|secret|token|key|code|assertion)\w*=/i;

/**
 * A raw token, key or cookie as it is kept: `sha256:` and 64 hex digits. The same token gives the same text at every
 * source, so that its use can be linked; the token can't be had back. Only for what nobody can guess: never for passwords.
 */
export const hashToken = (raw: string): string => `sha256:${hash('sha256', raw, 'hex')}`;

/** A digest that the source made itself (GitHub's `hashed_token`: SHA-256 in base64) in the same form. null: it is none. */
export function hashedToken(base64: unknown): string | null {
  if (typeof base64 !== 'string' || !/^[\w+/-]{43}=?$/.test(base64)) return null;
  return `sha256:${Buffer.from(base64, 'base64').toString('hex')}`;
}

/** A text without the secrets that stand in it: each is replaced by the beginning of its digest. */
export function withoutSecrets(text: string): string {
  if (!MAYBE.test(text)) return text;
  return text.replace(SECRET, (found) => `[secret ${hash('sha256', found.trim(), 'hex').slice(0, 12)}]`);
}

/** Whether a text holds what looks like a raw secret. */
export const holdsSecret = (text: string): boolean => withoutSecrets(text) !== text;
