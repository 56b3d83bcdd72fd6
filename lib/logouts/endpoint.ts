import { REVOCATION_TYP } from '@/lib/logouts/model';
import { env } from '@/lib/platform/env';

/** Where Global Token Revocation is called, from outside. */
export const revocationEndpoint = (): string => `${env().BRAID_URL.replace(/\/$/, '')}/api/global-token-revocation`;

/** What an authorization server's metadata says of it (draft-parecki-oauth-global-token-revocation, section 4). */
export const revocationMetadata = (): object => ({
  global_token_revocation_endpoint: revocationEndpoint(),
  global_token_revocation_endpoint_auth_methods_supported: [REVOCATION_TYP],
});
