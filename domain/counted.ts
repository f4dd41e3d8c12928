/** How a count is told: `2,052 alerts`, `1 alert`. `many` is for words that take more than an s. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
