#!/usr/bin/env node
// Verifies a revocation certificate of Braid. Needs Node 20 or newer and nothing else: no Braid, no network, no packages.
//
//   node verify.mjs <certificate.json> [--key public-key.pem]
//
// --key: the public key as you got it from the installation by another way. Without it the certificate is only shown to be
// whole and signed by the key that lies in it.
//
// What it proves: not one byte of the file is other than it was signed, and its own digests are those of what it says.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What is digested inside a certificate, by the name of its digest, of each format that was ever written. */
const FORMATS = {
  'braid.revocation.v1': ['blastRadius', 'inFlight', 'steps'],
  'braid.revocation.v2': ['blastRadius', 'history', 'inFlight', 'steps'],
};

/** RFC 8785 text of a JSON value. */
export function canonicalText(value) {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalText(value[key])}`).join(',')}}`;
}

export const digestOf = (value) => createHash('sha256').update(canonicalText(value)).digest('hex');

function parsed(text) {
  try {
    const file = JSON.parse(text);
    return file && typeof file === 'object' && !Array.isArray(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

const keyOf = (base64) => {
  const bytes = Buffer.from(base64, 'base64');
  // Base64 has spare bits: what was not written so is not what was signed.
  if (bytes.toString('base64') !== base64) throw new TypeError('not base64');
  const key = createPublicKey({ key: bytes, format: 'der', type: 'spki' });
  // So has its DER: bytes that a lenient reader passes over are none of the key's.
  if (!key.export({ format: 'der', type: 'spki' }).equals(bytes)) throw new TypeError('not DER');
  return key;
};

function signatureFault({ certificate, publicKey, signature }) {
  try {
    const bytes = Buffer.from(signature, 'base64');
    const key = keyOf(publicKey);
    const held = bytes.toString('base64') === signature && key.asymmetricKeyType === 'ed25519';
    if (held && verify(null, Buffer.from(canonicalText(certificate)), key, bytes)) return undefined;
  } catch {}
  return 'The signature is not of this certificate: something in it was changed.';
}

/**
 * @param {string} text the file as it is
 * @param {string} [pem] the key it should be signed with
 * @returns {{ok: boolean, problems: string[], keyCompared: boolean, certificate?: object}}
 */
export function verifyCertificate(text, pem) {
  const file = parsed(text);
  const problems = [];
  const parts = file && Object.hasOwn(FORMATS, file.format) ? FORMATS[file.format] : undefined;
  if (!parts || typeof file.certificate !== 'object' || file.certificate === null)
    return {
      ok: false,
      problems: [`This is no certificate of a format known here: ${Object.keys(FORMATS).join(', ')}.`],
      keyCompared: false,
    };
  if (text !== `${canonicalText(file)}\n`)
    problems.push('The file is not written as it was signed: bytes were changed.');
  const extra = Object.keys(file).filter((key) => !['certificate', 'format', 'publicKey', 'signature'].includes(key));
  if (extra.length) problems.push(`Something was added that nobody signed: ${extra.join(', ')}.`);
  const fault = signatureFault(file);
  if (fault) problems.push(fault);
  for (const part of parts)
    if (file.certificate.digests?.[part] !== digestOf(file.certificate[part] ?? null))
      problems.push(`The digest of ${part} is not that of what stands there.`);
  if (pem !== undefined) {
    const given = createPublicKey(pem).export({ format: 'der', type: 'spki' }).toString('base64');
    if (given !== file.publicKey) problems.push('It is signed with another key than the one you gave.');
  }
  return { ok: problems.length === 0, problems, keyCompared: pem !== undefined, certificate: file.certificate };
}

function main([file, flag, keyFile]) {
  if (!file || (flag !== undefined && (flag !== '--key' || !keyFile))) {
    process.stderr.write('usage: node verify.mjs <certificate.json> [--key public-key.pem]\n');
    return 2;
  }
  const result = verifyCertificate(readFileSync(file, 'utf8'), keyFile && readFileSync(keyFile, 'utf8'));
  if (!result.ok) {
    process.stderr.write(`NOT verified:\n${result.problems.map((problem) => `  ${problem}`).join('\n')}\n`);
    return 1;
  }
  const by = result.keyCompared ? 'by the key you gave' : 'by the key that lies in it; compare it with --key';
  process.stdout.write(`Authentic: signed ${by}, and not a byte changed.\nIt says: ${result.certificate.says}\n`);
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(process.argv.slice(2));
