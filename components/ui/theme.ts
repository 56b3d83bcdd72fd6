import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const blue: MantineColorsTuple = [
  '#eaf3fe',
  '#d3e4fa',
  '#a5c8f3',
  '#6fb1f5',
  '#6fb1f5',
  '#3d86d8',
  '#1f6fca',
  '#1a62ba',
  '#1554a1',
  '#104382',
];

const red: MantineColorsTuple = [
  '#fdeced',
  '#f8d5d7',
  '#f2a9ad',
  '#ff8c92',
  '#ff7077',
  '#dd4149',
  '#cf2e36',
  '#c0232b',
  '#a51c24',
  '#84151c',
];

/** From text to the darkest ground; 2 is dimmed text, 4 lines, 7 panels, 8 the page. */
const dark: MantineColorsTuple = [
  '#e6edf3',
  '#c4ccd6',
  '#9aa5b1',
  '#7d8895',
  '#343d48',
  '#232b35',
  '#1a212a',
  '#151b22',
  '#0d1117',
  '#080b0f',
];

const closeButton = { closeButtonProps: { 'aria-label': 'Close' } };
/** A dialog's header is no banner of the page. */
const dialog = {
  ...closeButton,
  attributes: { header: { role: 'presentation' } },
  styles: { title: { fontWeight: 600 } },
};

/** Mantine's yellow is too light to be read on a light ground, its words on a dark one are brighter than all others. */
const alertWords = (_: unknown, { color }: { color?: string }) => ({
  message: { color: 'var(--b-text)' },
  ...(color === 'yellow' ? { title: { color: 'var(--b-amber)' } } : {}),
});

export const theme = createTheme({
  colors: { blue, red, dark },
  primaryColor: 'blue',
  primaryShade: { light: 7, dark: 7 },
  fontFamily: 'Inter, system-ui, sans-serif',
  fontFamilyMonospace: '"JetBrains Mono", ui-monospace, monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  headings: { fontFamily: 'Inter, system-ui, sans-serif', fontWeight: '600' },
  defaultRadius: 'sm',
  radius: { sm: '6px', md: '8px' },
  cursorType: 'pointer',
  components: {
    Modal: { defaultProps: { ...dialog, centered: true, radius: 'md' } },
    Drawer: { defaultProps: dialog },
    Notification: { defaultProps: closeButton },
    Button: { defaultProps: { size: 'sm', variant: 'default' } },
    ActionIcon: { defaultProps: { variant: 'default' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', comboboxProps: { shadow: 'md' } } },
    Alert: { defaultProps: { p: 'xs' }, styles: alertWords },
    Menu: { defaultProps: { shadow: 'md', withInitialFocusPlaceholder: false } },
    Tooltip: { defaultProps: { openDelay: 300, events: { hover: true, focus: true, touch: true } } },
  },
});

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-text': 'var(--b-text)',
    '--mantine-color-dimmed': 'var(--b-dim)',
    '--mantine-color-placeholder': '#6a737d',
    '--mantine-color-body': 'var(--b-panel)',
    '--mantine-color-default-border': 'var(--b-line)',
    '--mantine-color-error': 'var(--b-red)',
    '--mantine-color-anchor': 'var(--b-blue)',
  },
  dark: {
    '--mantine-color-text': 'var(--b-text)',
    '--mantine-color-dimmed': 'var(--b-dim)',
    '--mantine-color-placeholder': '#8a95a2',
    '--mantine-color-body': 'var(--b-panel)',
    '--mantine-color-default': '#1a212a',
    '--mantine-color-default-hover': '#222b35',
    '--mantine-color-default-border': '#303945',
    '--mantine-color-error': 'var(--b-red)',
    '--mantine-color-anchor': 'var(--b-blue)',
  },
});
