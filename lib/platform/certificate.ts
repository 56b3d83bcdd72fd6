/** Words of OpenSSL and Node for a certificate that was not taken; some drivers hand on the words alone. */
const UNTRUSTED = /self[- ]signed certificate|unable to (?:verify the first|get (?:local )?issuer) certificate/i;
const OTHER_NAME = /ERR_TLS_CERT_ALTNAME_INVALID|does not match certificate's altnames/i;
const OUT_OF_TIME = /certificate (?:has expired|is not yet valid)/i;
const UNREADABLE = /PEM routines|bad base64 decode|no start line|asn1 encoding/i;
const NO_TLS = /does not support (?:SSL|secure connection)|wrong version number|packet length too long/i;

/** What was wrong with a server's certificate and what to do about it; null: the error is about something else. */
export function certificateTrouble(error: unknown): string | null {
  const { code = '', message = '' } = (error ?? {}) as { code?: string; message?: string };
  const text = `${code} ${message}`;
  if (OTHER_NAME.test(text))
    return 'its certificate is for another name: connect by a name that stands in it, or have one issued for this name';
  if (OUT_OF_TIME.test(text)) return 'its certificate is out of its time: renew it, or look at the clocks';
  if (UNTRUSTED.test(text))
    return 'its certificate is not from an authority that is trusted here: paste the authority’s certificate (PEM) that issued it';
  if (UNREADABLE.test(text))
    return 'the pasted authority can’t be read: it is a PEM, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----';
  if (NO_TLS.test(text))
    return 'it offers no TLS here: switch TLS on at the server or take the port that has it; choose “No TLS” only where the network between is trusted';
  return null;
}
