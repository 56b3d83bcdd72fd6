import { field } from '@/lib/coverage/report-csv';
import type { FileFormat, Written } from '@/lib/exports/model';
import type { Page } from '@/lib/http/model';

const line = (cells: readonly (string | number | null)[]): string => `${cells.map(field).join(',')}\r\n`;

/** Everything a list holds, page after page by its own cursor, as text; memory holds one page. */
export async function* asLines<Row>(
  read: (cursor: string | undefined) => Promise<Page<Row>>,
  format: FileFormat,
  { csv, ocsf }: Written<Row>,
): AsyncGenerator<string> {
  if (format === 'csv') yield line(csv.header);
  for (let cursor: string | undefined; ; ) {
    const { items, nextCursor } = await read(cursor);
    const text = items.map((row) =>
      format === 'csv' ? line(csv.cells(row)) : `${JSON.stringify(format === 'ocsf' ? ocsf(row) : row)}\n`,
    );
    if (text.length > 0) yield text.join('');
    if (!nextCursor) return;
    cursor = nextCursor;
  }
}
