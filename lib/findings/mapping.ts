import type { Mapped } from '@/lib/findings/model';

const NHI5: Mapped = { framework: 'OWASP NHI 2025', id: 'NHI5', name: 'Overprivileged NHI' };
const NHI9: Mapped = { framework: 'OWASP NHI 2025', id: 'NHI9', name: 'NHI Reuse' };
const NHI1: Mapped = { framework: 'OWASP NHI 2025', id: 'NHI1', name: 'Improper Offboarding' };
const T1078: Mapped = { framework: 'ATT&CK', id: 'T1078', name: 'Valid Accounts' };
const T1550: Mapped = { framework: 'ATT&CK', id: 'T1550.001', name: 'Application Access Token' };
const T1098: Mapped = { framework: 'ATT&CK', id: 'T1098.001', name: 'Additional Cloud Credentials' };
const AA05: Mapped = {
  framework: 'NIST CSF 2.0',
  id: 'PR.AA-05',
  name: 'Access permissions, entitlements, and authorizations are defined in a policy, managed, enforced, and reviewed, and incorporate the principles of least privilege and separation of duties',
};
const CM03: Mapped = {
  framework: 'NIST CSF 2.0',
  id: 'DE.CM-03',
  name: 'Personnel activity and technology usage are monitored to find potentially adverse events',
};
const AE03: Mapped = {
  framework: 'NIST CSF 2.0',
  id: 'DE.AE-03',
  name: 'Information is correlated from multiple sources',
};

/** What each detector stands for in the frameworks people report in. Data, versioned with the framework's own release. */
export const MAPPING: Record<string, readonly Mapped[]> = {
  'limit-crossed': [AA05, AE03],
  'concurrency-limit': [NHI9, T1078, CM03],
  'read-change-split': [T1550, NHI9, AE03],
  structuring: [T1078, AA05, AE03],
  'lease-contention': [NHI9, AA05],
  'approval-beside-maintenance': [NHI5, AA05, AE03],
  'agent-spread': [T1078, CM03, AE03],
  regrowth: [NHI1, T1098],
  manual: [],
};

export const mappingOf = (detector: string): readonly Mapped[] => MAPPING[detector] ?? [];
