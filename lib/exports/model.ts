import { z } from 'zod';

/** What can be taken out as a file, a record a line. */
export const EXPORTED = ['events', 'decisions', 'audit'] as const;
export type Exported = (typeof EXPORTED)[number];

/** json: a page with its cursor; the others: everything the filters leave, as a file. */
export const EXPORT_FORMATS = ['json', 'ndjson', 'csv', 'ocsf'] as const;
export type FileFormat = Exclude<(typeof EXPORT_FORMATS)[number], 'json'>;

export const asSchema = z.enum(EXPORT_FORMATS).default('json');

export const MEDIA: Record<FileFormat, string> = {
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  ocsf: 'application/x-ndjson; charset=utf-8',
};
/** For the OpenAPI document. */
export const PRODUCES = ['application/json', 'application/x-ndjson', 'text/csv'];

/** How one kind of record is written in each format. */
export interface Written<Row> {
  csv: { header: readonly string[]; cells: (row: Row) => (string | number | null)[] };
  ocsf: (row: Row) => object;
}
