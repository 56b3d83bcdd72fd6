import type pg from 'pg';
import { type ArrayType, binaryArray } from '@/lib/exposures/lane/binary';

type Column = [type: ArrayType, values: Parameters<typeof binaryArray>[1]];

/** `insert into … select * from unnest(…)`: one statement and one plan for any number of rows. */
export function insert(client: pg.Client, table: string, columns: Record<string, Column>, tail = ''): Promise<unknown> {
  const names = Object.keys(columns);
  const types = Object.values(columns).map(([type], index) => `$${index + 1}::${type}[]`);
  return client.query({
    name: `insert_${table}`,
    text: `insert into ${table} (${names.join(', ')}) select * from unnest(${types.join(', ')}) ${tail}`,
    values: Object.values(columns).map(([type, values]) => binaryArray(type, values)),
  });
}

export const iso = (ms: number): string => new Date(ms).toISOString();
