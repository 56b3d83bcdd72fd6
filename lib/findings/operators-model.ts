/** Organisations that announce their addresses under several numbers, by the numbers of the public tables. */
const NUMBERS: Record<string, readonly number[]> = {
  amazon: [801, 7224, 8987, 14618, 16509, 21664, 38895, 62785, 400098],
  microsoft: [3598, 5761, 8068, 8069, 8070, 8075, 12076, 17144, 30520, 35106, 46182, 58862, 59067, 63314],
  google: [15169, 16550, 19527, 36040, 36383, 36384, 36411, 36492, 41264, 43515, 394089, 395973, 396982],
  oracle: [31898, 33517, 46558, 54253],
  alibaba: [37963, 45102, 134963],
  tencent: [45090, 132203, 132591, 133478],
  cloudflare: [13335, 14789, 132892, 139242, 202623, 203898, 209242, 394536, 395747],
  ibm: [17390, 36351, 62597],
  // Rents out servers under a name that stands for a network in front of other people's.
  linode: [63949],
};

const ORGANISATION = new Map(Object.entries(NUMBERS).flatMap(([name, all]) => all.map((asn) => [asn, name] as const)));

/** Names of legal forms are written one way here and another there. */
const FORM =
  /\b(?:inc|llc|ltd|limited|corp|corporation|company|co|gmbh|ag|sas|sa|bv|b\.v|plc|pte|pty|private|srl|spa|oy|ab|as)\b\.?/g;

const nameOf = (org: string | null): string | null =>
  org
    ?.toLowerCase()
    .replace(FORM, ' ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim() || null;

interface Network {
  asn: number | null;
  org: string | null;
}

/**
 * Whether two networks are of one organisation: one number, one of an organisation with several, or one name. A cloud sends
 * one workload out by any of its numbers. null: of one of them no number is known.
 */
export function isOneOperator(a: Network, b: Network): boolean | null {
  if (a.asn === null || b.asn === null) return null;
  if (a.asn === b.asn) return true;
  const [mine, others] = [ORGANISATION.get(a.asn), ORGANISATION.get(b.asn)];
  if (mine || others) return mine === others;
  const name = nameOf(a.org);
  return name !== null && name === nameOf(b.org);
}
