'use client';

import { DateTimePicker } from '@mantine/dates';
import classes from '@/components/ui/ui.module.css';

const CALENDAR_WORDS = {
  previousMonth: 'Previous month',
  nextMonth: 'Next month',
  previousYear: 'Previous year',
  nextYear: 'Next year',
  previousDecade: 'Previous decade',
  nextDecade: 'Next decade',
};

interface TimePickerProps {
  /** "From": names the field, its calendar and the button that clears it. */
  label: string;
  /** The label is only heard, and stands in the empty field. */
  bare?: boolean;
  placeholder?: string;
  value: Date | string | null;
  /** In the zone of whoever picks, `YYYY-MM-DD HH:mm:ss`; null: cleared. */
  onChange: (value: string | null) => void;
  w?: number;
}

/** A day and a time of one's own zone, from a calendar. */
export function TimePicker({ label, bare = false, placeholder, value, onChange, w }: TimePickerProps) {
  // The calendar is a dialog; the button it would be named by holds the time that was picked, or nothing.
  const dropdown = { 'aria-label': label, 'aria-labelledby': undefined };
  return (
    <DateTimePicker
      popoverProps={{ attributes: { dropdown } }}
      {...(bare ? { 'aria-label': label, placeholder: label } : { label, placeholder })}
      ariaLabels={CALENDAR_WORDS}
      classNames={{ day: classes.day, weekday: classes.weekday }}
      clearable
      clearButtonProps={{ 'aria-label': `Clear ${label.toLowerCase()}` }}
      submitButtonProps={{ 'aria-label': 'Take this time' }}
      value={value}
      onChange={onChange}
      w={w}
    />
  );
}
