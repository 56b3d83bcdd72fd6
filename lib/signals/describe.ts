import { revocationMetadata } from '@/lib/logouts/endpoint';
import { addresses, issuer } from '@/lib/signals/addresses';
import { POLL, PUSH, SCOPES } from '@/lib/signals/stream-model';

/** `/.well-known/ssf-configuration` (SSF 1.0 section 7). Claims that would be empty are left out, as it wants. */
export function transmitterMetadata(): object {
  const at = addresses();
  return {
    spec_version: '1_0',
    issuer: issuer(),
    jwks_uri: at.jwks,
    delivery_methods_supported: [PUSH, POLL],
    configuration_endpoint: at.streams,
    status_endpoint: at.status,
    add_subject_endpoint: at.addSubject,
    remove_subject_endpoint: at.removeSubject,
    verification_endpoint: at.verify,
    authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
    default_subjects: 'ALL',
  };
}

/** `/.well-known/oauth-authorization-server` (RFC 8414): where a receiver gets its access token. */
export const serverMetadata = (): object => ({
  issuer: issuer(),
  token_endpoint: addresses().token,
  token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  grant_types_supported: ['client_credentials'],
  response_types_supported: [],
  scopes_supported: [...SCOPES],
  ...revocationMetadata(),
});

/** `/.well-known/oauth-protected-resource` (RFC 9728). */
export const resourceMetadata = (): object => ({
  resource: issuer(),
  authorization_servers: [issuer()],
  scopes_supported: [...SCOPES],
  bearer_methods_supported: ['header'],
});
