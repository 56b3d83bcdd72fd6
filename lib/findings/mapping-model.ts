import type { Detector, Mapped } from '@/lib/findings/model';

/** The frameworks people report in, and the release of each that is meant. */
export const FRAMEWORKS = [
  { name: 'MITRE ATT&CK', version: '17.1' },
  { name: 'OWASP Non-Human Identities Top 10', version: '2025' },
  { name: 'NIST CSF', version: '2.0' },
] as const;

const attack = (id: string, name: string): Mapped => ({ framework: 'ATT&CK', id, name });
const nhi = (id: string, name: string): Mapped => ({ framework: 'OWASP NHI 2025', id, name });
const csf = (id: string, name: string): Mapped => ({ framework: 'NIST CSF 2.0', id, name });

const NHI1 = nhi('NHI1', 'Improper Offboarding');
const NHI2 = nhi('NHI2', 'Secret Leakage');
const NHI4 = nhi('NHI4', 'Insecure Authentication');
const NHI5 = nhi('NHI5', 'Overprivileged NHI');
const NHI7 = nhi('NHI7', 'Long-Lived Secrets');
const NHI9 = nhi('NHI9', 'NHI Reuse');
const NHI10 = nhi('NHI10', 'Human Use of NHI');

const T1078 = attack('T1078', 'Valid Accounts');
const T1078_4 = attack('T1078.004', 'Cloud Accounts');
const T1098 = attack('T1098', 'Account Manipulation');
const T1098_1 = attack('T1098.001', 'Additional Cloud Credentials');
const T1528 = attack('T1528', 'Steal Application Access Token');
const T1539 = attack('T1539', 'Steal Web Session Cookie');
const T1550_1 = attack('T1550.001', 'Application Access Token');
const T1550_4 = attack('T1550.004', 'Web Session Cookie');
const T1552_5 = attack('T1552.005', 'Cloud Instance Metadata API');
const T1530 = attack('T1530', 'Data from Cloud Storage');
const T1621 = attack('T1621', 'Multi-Factor Authentication Request Generation');
const T1548 = attack('T1548', 'Abuse Elevation Control Mechanism');
const T1119 = attack('T1119', 'Automated Collection');

const AA01 = csf(
  'PR.AA-01',
  'Identities and credentials for authorized users, services, and hardware are managed by the organization',
);
const AA03 = csf('PR.AA-03', 'Users, services, and hardware are authenticated');
const AA04 = csf('PR.AA-04', 'Identity assertions are protected, conveyed, and verified');
const AA05 = csf(
  'PR.AA-05',
  'Access permissions, entitlements, and authorizations are defined in a policy, managed, enforced, and reviewed, and incorporate the principles of least privilege and separation of duties',
);
const CM01 = csf('DE.CM-01', 'Networks and network services are monitored to find potentially adverse events');
const CM03 = csf(
  'DE.CM-03',
  'Personnel activity and technology usage are monitored to find potentially adverse events',
);
const CM09 = csf(
  'DE.CM-09',
  'Computing hardware and software, runtime environments, and their data are monitored to find potentially adverse events',
);
const AE03 = csf('DE.AE-03', 'Information is correlated from multiple sources');

/** What each detector stands for. Data, versioned with the frameworks' own releases. */
export const MAPPING: Record<Detector, readonly Mapped[]> = {
  replay: [T1550_1, T1550_4, T1539, NHI2, NHI9, AA04],
  'instance-credentials': [T1552_5, T1078_4, T1550_1, NHI2, AA04],
  'token-reuse': [T1528, T1550_1, NHI2, AA04],
  'binding-drift': [T1550_1, T1550_4, NHI4, AA04],
  survival: [T1078, T1550_1, NHI1, NHI7, AA01],
  'dead-token': [T1078, NHI1, NHI2, AA01],
  outlived: [T1078, NHI7, NHI5, AA05],
  'unusual-concurrency': [T1078, NHI9, CM03],
  'scope-growth': [T1548, T1098, NHI5, AA05],
  extraction: [T1530, T1119, NHI5, CM09],
  'failed-approvals': [T1621, T1548, NHI5, AA05],
  acceleration: [T1119, T1078, CM03],
  'deny-storm': [T1078, CM03, AE03],
  'out-of-scope': [T1078, NHI5, AA05],
  'unusual-action': [T1078, T1098_1, NHI5, CM03],
  'unusual-place': [T1078_4, NHI2, CM01],
  travel: [T1078, T1550_4, NHI2, CM01],
  'dark-session': [T1078, NHI4, CM09, AE03],
  'human-use': [T1078, NHI10, AA03],
  'limit-crossed': [AA05, AE03],
  'concurrency-limit': [NHI9, T1078, CM03],
  'read-change-split': [T1550_1, NHI9, AE03],
  structuring: [T1078, AA05, AE03],
  'lease-contention': [NHI9, AA05],
  'approval-beside-maintenance': [NHI5, AA05, AE03],
  'agent-spread': [T1078, CM03, AE03],
  regrowth: [NHI1, T1098_1, AA01],
  'shared-signal': [T1078, AE03],
  'weak-setup': [NHI4, NHI7, AA01],
  manual: [],
};

export const mappingOf = (detector: string): readonly Mapped[] => MAPPING[detector as Detector] ?? [];
