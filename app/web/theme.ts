import { effect, signal } from '@preact/signals';

const KEY = 'wellwatch.theme';
const dark = window.matchMedia('(prefers-color-scheme: dark)');
const chosen = localStorage.getItem(KEY);

/** The colours in force. Canvases read them again when it changes. */
export const theme = signal<'light' | 'dark'>(chosen === 'light' || chosen === 'dark' ? chosen : preferred());

effect(() => { document.documentElement.dataset['theme'] = theme.value; });
dark.addEventListener('change', () => {
  if (localStorage.getItem(KEY) === null) theme.value = preferred();
});

/** Changes between light and dark; going back to what the system prefers forgets the choice. */
export function switchTheme(): void {
  theme.value = theme.value === 'dark' ? 'light' : 'dark';
  if (theme.value === preferred()) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme.value);
}

function preferred(): 'light' | 'dark' {
  return dark.matches ? 'dark' : 'light';
}
