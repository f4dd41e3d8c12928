/** `1.5 MB`, in powers of 1000; fewer than nothing with a minus. */
export function byteText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const size = Math.abs(bytes);
  const step = Math.min(units.length - 1, size < 1 ? 0 : Math.floor(Math.log10(size) / 3));
  const value = size / 1000 ** step;
  return `${bytes < 0 ? '−' : ''}${step > 0 && value < 100 ? value.toFixed(1) : value.toFixed(0)} ${units[step]}`;
}
