export interface IdentitySeen {
  id: string;
  name: string;
  kind: string;
  state: string;
  managed: boolean;
  protected: boolean;
  environment: string | null;
  owner: string | null;
  purpose: string | null;
  /** The time has passed until which it is needed. */
  purposeOver?: boolean;
  /** When that is; null: never. */
  purposeUntilMs?: number | null;
  concurrencyLimit: number | null;
  /** Of the six tests of full visibility, how many it passed when coverage was last assessed; null: never. */
  visibility?: number | null;
  /** Until revoking it is proven in the slowest of its systems, seconds, rounded up; null: not known. */
  revocationLagSecs?: number | null;
  /** LOW, MEDIUM or HIGH: the highest that Braid or another system says of it; null: nobody says. */
  risk?: string | null;
  /** The same of its credentials, each by what its system calls it; absent: nothing speaks against it. */
  credentialRisks?: Readonly<Record<string, string>> | null;
  workflows: WorkflowSeen[];
  /** Who was merged into it: what they used counts where it counts. Absent: nobody. */
  formerly?: readonly Former[];
}

/** An identity that goes on as another. */
export interface Former {
  id: string;
  name: string;
}

export interface WorkflowSeen {
  id: string;
  name: string;
}
