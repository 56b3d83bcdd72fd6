import { normalise } from '@/lib/connectors/postgres/log-normalise';
import type { LogFormat, Shape } from '@/lib/sessions/import-model';

const CSV =
  /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{3} [A-Za-z+:\d-]{1,9},(?:"(?:[^"]|"")*")?,(?:"(?:[^"]|"")*")?,\d*,(?:"[^"\n]*")?,[0-9a-f]+\.[0-9a-f]+,\d+,/m;
const JSON_LOG = /"error_severity"\s*:\s*"(?:LOG|FATAL|ERROR|WARNING|NOTICE|INFO|PANIC|DEBUG\d?)"/;
const CLOUD = /cloudsql\.googleapis\.com(?:%2F|\/)postgres\.log|"type"\s*:\s*"cloudsql_database"/;
const WORDS =
  /(?:^|[\s:>\]|,;)-])(?:LOG|FATAL): {1,2}(?:connection (?:received|authorized|authenticated|ready)|disconnection: session time|database system (?:is|was)|statement: |AUDIT: |checkpoint |starting PostgreSQL|listening on |password authentication failed|terminating connection)/;

/** What a prefix tells: a time, a process in brackets, or an epoch; and it is no sentence. */
const PREFIX = /\d{2}:\d{2}:\d{2}|\[\d+\]|\b\d{9,}\b/;
const SENTENCE = /(?:^|\s)[a-z]{2,}\s+[a-z]+\s+[a-z]{2,}(?:\s|$)/;

/** A line of the server: its words, with the prefix of a log before them and not in the middle of somebody's prose. */
const isEntry = (line: string): boolean => {
  const said = WORDS.exec(line);
  const prefix = said ? line.slice(0, said.index) : '';
  return said !== null && PREFIX.test(prefix) && !SENTENCE.test(prefix);
};

/** A list or an object; a line of text may begin with a bracket of its prefix. */
const DOCUMENT = /^\s*(?:\{|\[\s*[{\]])/;

/** csvlog by the look of its records, jsonlog and what wraps it by their first brace. */
function shapeOf(sample: string): Shape {
  if (DOCUMENT.test(sample)) return 'json';
  return CSV.test(sample.slice(0, 8000)) ? 'csv' : 'lines';
}

export const postgres: LogFormat = {
  name: 'postgres',
  aliases: ['postgresql', 'cloudsql', 'cloudnativepg', 'cnpg'],
  title: 'PostgreSQL log',
  shape: shapeOf,
  // Inside an entry the server begins each further line with a tab.
  continues: (line) => line.startsWith('\t'),
  sniff: (sample) =>
    JSON_LOG.test(sample) ||
    CLOUD.test(sample) ||
    CSV.test(sample.slice(0, 8000)) ||
    (!DOCUMENT.test(sample) && sample.split('\n').some(isEntry) && !/\bC-0x[0-9a-fA-F]+: /.test(sample)),
  normalise,
};
