/** What one identity was refused within five minutes, but for limits and a database that was away. */
export interface DenialsFact {
  identityId: string;
  identityName: string;
  denied: number;
  /** All it asked in that time. */
  asked: number;
  /** Refused because identity, session or task is over. */
  shutOut: number;
  /** Different actions and resources among the refused. */
  targets: number;
  /** `action on resource` refused most often. */
  most: string;
  /** Refused per five minutes in the six hours before, on average. */
  usual: number;
  sessions: string[];
  /** The newest hundred, oldest first. */
  decisions: string[];
  firstAt: string;
  lastAt: string;
}
