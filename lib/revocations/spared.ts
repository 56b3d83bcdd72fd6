import { limitsOf } from '@/lib/connectors/limits-of';
import type { Probed } from '@/lib/connectors/model';

export interface Spared {
  name: string;
  why: string;
}

/** Names a pause does not take, because nobody could give them back. */
export const sparedOf = (vendor: string, names: readonly string[]): Spared[] =>
  names.flatMap((name) => {
    const why = limitsOf(vendor, name)?.pause;
    return why ? [{ name, why }] : [];
  });

/** Nothing was asked of its system, so nothing is proven. */
export const sparedProbe = ({ name, why }: Spared): Probed => ({
  result: 'unknown',
  detail: `${name}: ${why}`,
  checks: [],
  residuals: [],
});
