/** Rows that came while the list was in use: a quiet line instead of rows that move. */
export function NewRows({ waiting, show }: { readonly waiting: number; readonly show: () => void }) {
  return (
    <div role="status">
      {waiting > 0 && <button type="button" class="new-rows" onClick={show}>{waiting} new – show</button>}
    </div>
  );
}
