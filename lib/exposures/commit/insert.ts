import type pg from 'pg';
import type { Value, ValueType } from '@/lib/exposures/lane/binary';
import { send } from '@/lib/exposures/lane/send';

type Column = [type: ValueType, values: readonly Value[]];

/** `insert into … select * from unnest(…)`: one statement and one plan for any number of rows. */
export function insert(client: pg.Client, table: string, columns: Record<string, Column>, tail = ''): Promise<unknown> {
  const names = Object.keys(columns);
  const types = Object.values(columns).map(([type], index) => `$${index + 1}::${type}[]`);
  const text = `insert into ${table} (${names.join(', ')}) select * from unnest(${types.join(', ')}) ${tail}`;
  return send(client, { name: `insert_${table}`, text }, (parameters) => {
    for (const [type, values] of Object.values(columns)) parameters.array(type, values, (value) => value);
  });
}

export const iso = (ms: number): string => new Date(ms).toISOString();
