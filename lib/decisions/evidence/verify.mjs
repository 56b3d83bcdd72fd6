#!/usr/bin/env node
// Verifies this evidence bundle. Needs Node 20 or newer and nothing else: no Braid, no network, no packages.
//
//   node verify.mjs [--key public-key.pem] [--json]
//
// --key: the public key as you got it from the installation by another way. Without it the bundle is only shown to be whole
// and signed by the key that lies in it.
//
// What it proves: every file is as it was exported; the checkpoints are signed; every record in records.ndjson stands in a
// hash chain whose head one of those checkpoints signed; decisions.ndjson says what the records say; and where a bundle
// has all that moved an exposure, that no ledger entry is missing and that they add up.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { fileURLToPath } from 'node:url';

const folder = path.dirname(fileURLToPath(import.meta.url));
const args = process.argv.slice(2);
const keyAt = args.indexOf('--key');
const problems = [];
const fault = (message) => {
  if (problems.length < 100) problems.push(message);
};
const file = (name) => path.join(folder, name);
const sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** A file in blocks, so that none has to fit into memory. */
function* blocks(name) {
  const handle = openSync(file(name), 'r');
  try {
    for (;;) {
      const block = Buffer.allocUnsafe(1 << 20);
      const size = readSync(handle, block, 0, block.length, null);
      if (size === 0) return;
      yield block.subarray(0, size);
    }
  } finally {
    closeSync(handle);
  }
}

/** The JSON lines of a file. */
function* lines(name) {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for (const block of blocks(name)) {
    const parts = (rest + decoder.write(block)).split('\n');
    rest = parts.pop();
    for (const part of parts) yield JSON.parse(part);
  }
  if (rest) throw new Error(`${name} ends in the middle of a line`);
}

const filesBelow = (dir) =>
  readdirSync(path.join(folder, dir), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(path.join(dir, entry.name)) : [path.join(dir, entry.name).replaceAll('\\', '/')],
  );

function isSigned(text, signature, key) {
  const bytes = Buffer.from(signature, 'base64');
  const exact = bytes.toString('base64') === signature; // one way to write it, no other
  return exact && key.asymmetricKeyType === 'ed25519' && verify(null, Buffer.from(text), key, bytes);
}

/** 1. The manifest is signed, and every file is as it says. */
function readManifest() {
  const text = readFileSync(file('manifest.json'), 'utf8');
  const manifest = JSON.parse(text);
  if (manifest.format !== 'braid.evidence.v1') throw new Error(`${manifest.format} is no kind of bundle known here`);
  const key = createPublicKey(readFileSync(file('public-key.pem')));
  const spki = key.export({ format: 'der', type: 'spki' });
  const given =
    keyAt >= 0 ? createPublicKey(readFileSync(args[keyAt + 1])).export({ format: 'der', type: 'spki' }) : spki;
  if (!given.equals(spki)) fault('The bundle is signed with another key than the one you gave.');
  if (manifest.publicKey !== sha256(spki).toString('hex')) fault('public-key.pem is not the key the manifest names.');
  if (!isSigned(text, readFileSync(file('manifest.sig'), 'utf8'), key))
    fault('manifest.json is not signed by public-key.pem: it was changed.');
  compareFiles(manifest);
  return manifest;
}

function compareFiles(manifest) {
  for (const { name, bytes, sha256: wanted } of manifest.files) {
    if (!existsSync(file(name))) {
      fault(`${name} is missing.`);
      continue;
    }
    const hash = createHash('sha256');
    for (const block of blocks(name)) hash.update(block);
    if (statSync(file(name)).size !== bytes || hash.digest('hex') !== wanted) fault(`${name} was changed.`);
  }
  const named = new Set([...manifest.files.map((one) => one.name), 'manifest.json', 'manifest.sig']);
  for (const name of filesBelow('.')) if (!named.has(name)) fault(`${name} does not belong to the bundle.`);
}

/** 2. The checkpoints are signed by keys that the manifest names: their roots, by number. */
function readCheckpoints(manifest) {
  const trusted = manifest.checkpointKeys.map((der) =>
    createPublicKey({ key: Buffer.from(der, 'base64'), format: 'der', type: 'spki' }),
  );
  const roots = new Map();
  for (const one of lines('checkpoints.ndjson')) {
    const said = JSON.parse(one.text);
    if (!trusted.some((each) => isSigned(one.text, one.signature, each)))
      fault(`Checkpoint ${said.seq} is not signed by this installation.`);
    else if (said.log !== manifest.log) fault(`Checkpoint ${said.seq} is of another log.`);
    else roots.set(said.seq, said.root);
  }
  return roots;
}

/** 3. The records: digests by their place, the columns of decisions, the texts of ledger entries. */
function readRecords() {
  const found = { digests: new Map(), counts: { decision: 0, entry: 0, audit: 0 }, decisions: new Map(), ledger: [] };
  for (const record of lines('records.ndjson')) {
    const place = `${record.writer}/${record.seq}`;
    if (found.digests.has(place)) fault(`Record ${place} is there twice.`);
    found.digests.set(place, sha256(record.text));
    found.counts[record.kind] += 1;
    const rows = record.text.split('\n');
    if (record.kind === 'entry') found.ledger.push(rows[0]);
    if (record.kind !== 'decision') continue;
    const columns = JSON.parse(rows[1]);
    found.decisions.set(columns[0], columns);
    found.ledger.push(...rows.slice(2));
  }
  return found;
}

/** 4. Each stretch of a chain ends in a head that a checkpoint's root holds, and the records are where they say in it. */
function proveChains(records, roots) {
  const proven = new Set();
  for (const proof of lines('proofs.ndjson')) {
    const name = `The chain of writer ${proof.writer} from record ${proof.from} to ${proof.to}`;
    const digests = Buffer.from(proof.digests, 'base64');
    const first = BigInt(proof.from);
    if (BigInt(digests.length) !== (BigInt(proof.to) - first + 1n) * 32n) {
      fault(`${name} has another length than it says.`);
      continue;
    }
    let hash = Buffer.from(proof.previous, 'hex');
    for (let at = 0; at < digests.length; at += 32) {
      const seq = first + BigInt(at / 32);
      const place = `${proof.writer}/${seq}`;
      const own = records.digests.get(place);
      const stated = digests.subarray(at, at + 32);
      if (own && !own.equals(stated)) fault(`Record ${place} is not what was sealed.`);
      if (own) proven.add(place);
      hash = sha256(hash, stated, `${proof.writer}:${seq}`);
    }
    if (roots.get(proof.checkpoint) !== rootOf(proof, hash))
      fault(`${name} does not lead to what checkpoint ${proof.checkpoint} signed.`);
  }
  for (const place of records.digests.keys()) if (!proven.has(place)) fault(`Nothing proves record ${place}.`);
}

/** The root that a head leads to. */
function rootOf(proof, hash) {
  let node = sha256(`\0${proof.writer}:${proof.to}:${hash.toString('hex')}`);
  for (const { side, hash: beside } of proof.path) {
    const other = Buffer.from(beside, 'hex');
    node = side === 'left' ? sha256(Buffer.from([1]), other, node) : sha256(Buffer.from([1]), node, other);
  }
  return node.toString('hex');
}

/** 5. What is written for people says what the records say. */
function compareTold({ decisions }) {
  let told = 0;
  for (const row of lines('decisions.ndjson')) {
    told += 1;
    const { id, at, identityId, sessionId, verdict, alone, reason, message, ruleId, policySet, action } = row;
    const { resourceType, resourceId, amount, unit, scale, exposureId, holdId, dryRun } = row;
    const said = [
      id,
      Date.parse(at),
      identityId,
      sessionId,
      verdict,
      alone,
      reason,
      message,
      ruleId,
      policySet,
      action,
    ];
    said.push(resourceType, resourceId, amount, unit, scale, exposureId, holdId, dryRun);
    const columns = decisions.get(id)?.slice(0, said.length);
    if (JSON.stringify(said) !== JSON.stringify(columns))
      fault(`decisions.ndjson says otherwise of decision ${id} than its record.`);
  }
  if (told !== decisions.size) fault(`decisions.ndjson tells of ${told} decisions, the records of ${decisions.size}.`);
}

/** 6. All that moved an exposure: its ledger has no gap and adds up. */
function addUp(manifest, { ledger }) {
  const { exposure, from, to } = manifest.question;
  if (!exposure || from || to) return null;
  const entries = ledger
    .map((text) => text.split('|'))
    .filter((parts) => parts[0] === exposure)
    .map((parts) => [parts[1], parts[4], parts[5], parts[6], parts[7]].map(BigInt))
    .sort((a, b) => (a[0] < b[0] ? -1 : 1));
  const opening = manifest.opening ?? { revision: '0', settled: '0', held: '0' };
  let [revision, settled, held] = [BigInt(opening.revision), BigInt(opening.settled), BigInt(opening.held)];
  for (const [own, settles, holds, settledNow, heldNow] of entries) {
    if (own !== revision + 1n) fault(`Ledger entry ${revision + 1n} of exposure ${exposure} is missing.`);
    else if (settledNow !== settled + settles || heldNow !== held + holds)
      fault(`Ledger entry ${own} of exposure ${exposure} does not add up.`);
    revision = own;
    settled = settledNow;
    held = heldNow;
  }
  return { id: exposure, entries: entries.length, settled: settled.toString(), held: held.toString() };
}

function prove() {
  const manifest = readManifest();
  const roots = readCheckpoints(manifest);
  const records = readRecords();
  proveChains(records, roots);
  compareTold(records);
  const exposure = addUp(manifest, records);
  return {
    ok: problems.length === 0,
    exportedAt: manifest.createdAt,
    publicKey: manifest.publicKey,
    keyCompared: keyAt >= 0,
    records: records.digests.size,
    decisions: records.counts.decision,
    ledgerEntries: records.ledger.length,
    auditEntries: records.counts.audit,
    checkpoints: roots.size,
    exposure,
    problems,
  };
}

const many = (n, one, several = `${one}s`) => `${n} ${n === 1 ? one : several}`;

let result;
try {
  result = prove();
} catch (error) {
  result = { ok: false, problems: [...problems, `The bundle can't be read: ${error.message}`] };
}
if (args.includes('--json')) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
else if (result.ok) {
  process.stdout.write(
    `Verified: ${many(result.decisions, 'decision')}, ${many(result.ledgerEntries, 'ledger entry', 'ledger entries')} and ${many(result.auditEntries, 'audit entry', 'audit entries')}, in chains that ${many(result.checkpoints, 'signed checkpoint vouches', 'signed checkpoints vouch')} for.\n` +
      (result.exposure
        ? `Exposure ${result.exposure.id}: ${result.exposure.entries} entries without a gap come to settled ${result.exposure.settled}, held ${result.exposure.held} (minor units).\n`
        : '') +
      `Signed with key ${result.publicKey}${result.keyCompared ? ', which is the one you gave' : ': compare it with what the installation tells you (braid audit key)'}.\n`,
  );
} else process.stdout.write(`NOT verified:\n${result.problems.map((one) => `  ${one}`).join('\n')}\n`);
process.exitCode = result.ok ? 0 : 1;
