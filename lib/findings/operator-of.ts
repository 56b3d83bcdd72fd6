import { fstatSync, openSync, readSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import path from 'node:path';
import { projectRoot } from '@/lib/platform/env';
import { log } from '@/lib/platform/log';

/** Whose network an address belongs to: the autonomous system that announces it. */
export interface Operator {
  asn: number;
  org: string;
}

const FOLDER = ['node_modules', '@ip-location-db', 'asn'];
/** Longer than any line of the tables, bytes. */
const LINE_MOST = 512;

interface Table {
  file: number;
  size: number;
}

const tables = new Map<string, Table | null>();

function tableOf(name: string): Table | null {
  const before = tables.get(name);
  if (before !== undefined) return before;
  let table: Table | null = null;
  try {
    const file = openSync(path.join(projectRoot(), ...FOLDER, name), 'r');
    table = { file, size: fstatSync(file).size };
  } catch (error) {
    log.debug({ err: error }, 'no database of networks: their operators are known only where a source tells them');
  }
  tables.set(name, table);
  return table;
}

const buffer = Buffer.alloc(2 * LINE_MOST);

/** The first line that begins at or after a byte: where it begins, where the next does, and its text. */
function lineFrom({ file, size }: Table, at: number): { from: number; next: number; text: string } | null {
  const start = Math.max(0, at - 1);
  const read = readSync(file, buffer, 0, buffer.length, start);
  const text = buffer.toString('latin1', 0, read);
  const from = at === 0 ? 0 : text.indexOf('\n') + 1;
  if (at !== 0 && from === 0) return null;
  const end = text.indexOf('\n', from);
  const next = end === -1 ? size : start + end + 1;
  const line = buffer.toString('utf8', from, end === -1 ? read : end);
  return line === '' ? null : { from: start + from, next, text: line };
}

/** `from,to,asn,"name"`, sorted: found by halving the file, so that none of it is held in memory. */
function lookUp(table: Table, address: bigint): Operator | null {
  let [low, high] = [0, table.size];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const line = lineFrom(table, middle);
    if (!line || line.from >= high) {
      high = middle;
      continue;
    }
    const [, from, to, asn, name] = /^(\d+),(\d+),(\d+),(.*)$/.exec(line.text.trimEnd()) ?? [];
    if (!from || !to || !asn) return null;
    if (address < BigInt(from)) high = middle;
    else if (address > BigInt(to)) low = line.next;
    else return { asn: Number(asn), org: name!.replace(/^"|"$/g, '').replaceAll('""', '"').slice(0, 200) };
  }
  return null;
}

const v4 = (address: string): bigint => address.split('.').reduce((sum, octet) => (sum << 8n) + BigInt(octet), 0n);

function v6(address: string): bigint {
  const [head = '', tail] = address.toLowerCase().split('::');
  const parts = (text: string | undefined): string[] => (text ? text.split(':') : []);
  const [before, after] = [parts(head), parts(tail)];
  const words = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after];
  return words.reduce((sum, word) => (sum << 16n) + BigInt(`0x${word}`), 0n);
}

/** Who operates the network of a public address (IPv6 without an IPv4 tail), as far as it is known offline; else null. */
export function operatorOf(address: string): Operator | null {
  const four = isIPv4(address);
  const table = tableOf(four ? 'asn-ipv4-num.csv' : 'asn-ipv6-num.csv');
  if (!table || (!four && !/^[0-9a-f:]+$/i.test(address))) return null;
  return lookUp(table, four ? v4(address) : v6(address));
}
