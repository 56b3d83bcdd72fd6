'use client';

import { FoundSelect } from '@/components/ui/found-select';

interface WorkflowSelectProps {
  value: string | null;
  onChange: (id: string | null) => void;
}

/** A workflow, found by its name. */
export const WorkflowSelect = (props: WorkflowSelectProps) => (
  <FoundSelect path="/workflows" label="Workflow" nothing="No workflow of that name" first {...props} />
);
