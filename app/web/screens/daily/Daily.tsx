/** Daily. */
export function Daily() {
  return <h1>Daily</h1>;
}
