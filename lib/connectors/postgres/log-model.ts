/** One log entry, however it was written. */
export interface LogEntry {
  at: string;
  severity: string;
  message: string;
  detail?: string | null;
  user?: string | null;
  database?: string | null;
  host?: string | null;
  port?: number | null;
  application?: string | null;
  pid?: number | null;
  sessionId?: string | null;
  /** Number of the line within its session. */
  line?: number | null;
  sqlstate?: string | null;
  /** Cluster or instance it comes from, where the log says so: roles of two servers are two identities. */
  server?: string | null;
  pod?: string | null;
  region?: string | null;
  /** Id the collector gave the entry. */
  id?: string | null;
}
